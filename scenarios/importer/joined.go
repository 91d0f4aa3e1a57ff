package importer

import (
	"bytes"
	"fmt"
	"io/fs"

	"stickysim/scenarios/importer/ir"
)

// joined reads several files of YAML documents as one, since a Service in one selects a Deployment in another, and puts
// the places in what comes out back to the files.
func joined(fsys fs.FS, names []string, read func(fs.FS, string) (*ir.Config, error)) (*ir.Config, error) {
	const whole = "these files"
	var text bytes.Buffer
	j := joints{names: names}
	for _, name := range names {
		data, err := readSome(fsys, name, maxFile+1)
		if err != nil {
			return nil, err
		}
		if text.Len()+len(data) > maxFile {
			return nil, fmt.Errorf("%s: together larger than %d MiB", name, maxFile>>20)
		}
		if text.Len() > 0 {
			text.WriteString("---\n")
		}
		j.starts = append(j.starts, bytes.Count(text.Bytes(), []byte("\n")))
		text.Write(bytes.TrimPrefix(data, []byte("\ufeff")))
		if !bytes.HasSuffix(data, []byte("\n")) {
			text.WriteByte('\n')
		}
	}
	c, err := read(File(whole, text.Bytes()), whole)
	if err != nil {
		for _, name := range names { // which of them is to blame, by itself?
			if _, own := read(fsys, name); own != nil {
				return nil, own
			}
		}
		return nil, err
	}
	for i := range c.Remarks {
		c.Remarks[i].File, c.Remarks[i].Line = j.place(c.Remarks[i].Line)
	}
	for i := range c.Pools {
		p := &c.Pools[i]
		var first int
		p.File, first = j.place(p.Line)
		for k := range p.Servers {
			p.Servers[k].Line -= p.Line - first
		}
		p.Line = first
	}
	return c, nil
}

// joints are the lines, from 0, at which the files begin.
type joints struct {
	names  []string
	starts []int
}

// place is the file and line of a line of the whole.
func (j joints) place(line int) (string, int) {
	at := 0
	for i, start := range j.starts {
		if line > start {
			at = i
		}
	}
	return j.names[at], line - j.starts[at]
}
