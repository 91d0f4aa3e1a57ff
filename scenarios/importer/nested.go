package importer

import (
	"errors"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// Nested imports a product's configuration that is text within another file, such as in a ConfigMap, and adds what it finds to
// in. at is where the text is; places in it count from the line, or are at where that is 0. It returns how many pools there are.
func Nested(in *source.Input, product string, at ir.Place, line int, text string) (int, error) {
	place := func(p ir.Place) ir.Place {
		if line == 0 || p.Line == 0 {
			return at
		}
		return ir.Place{File: at.File, Line: line + p.Line - 1}
	}
	own := source.New(File(at.File, []byte(text)))
	if err := products[product].Import(own, []string{at.File}); err != nil {
		var placed *ir.Error
		if errors.As(err, &placed) {
			return 0, place(placed.Place).Errorf("%s", placed.Text)
		}
		return 0, err
	}
	for _, p := range own.Pools {
		p.Product = product
		p.Name, p.Place = in.Names.Unique(p.Name), place(p.Place)
		for i := range p.Servers {
			p.Servers[i].Place = place(p.Servers[i].Place)
		}
		in.Pools = append(in.Pools, p)
	}
	for _, r := range own.Remarks() {
		in.Remark(r.Drawer, place(r.Place), "%s", r.Text)
	}
	return len(own.Pools), nil
}
