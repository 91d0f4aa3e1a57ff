package dist

// part is an argument as a distribution: a plain number is a constant.
func (p *parser) part(a arg) (Dist, error) {
	if a.dist != nil {
		return a.dist, nil
	}
	return p.constant(a.number, a.at)
}

// weight reads the number before a colon.
func (p *parser) weight(f *family, a arg) (float64, error) {
	if a.weight == "" || a.name != "" {
		return 0, p.fail(a.at, "each item needs a weight before it", "write "+f.usage())
	}
	v, err := Count.parse(a.weight)
	if err != nil {
		err.(*Error).Param = "weight"
		return 0, place(err, a.at, "")
	}
	return v, nil
}

func combineMixture(p *parser, f *family, _ int, args []arg) (Dist, error) {
	weights, parts := make([]float64, len(args)), make([]Dist, len(args))
	for i, a := range args {
		var err error
		if weights[i], err = p.weight(f, a); err != nil {
			return nil, err
		}
		if parts[i], err = p.part(a); err != nil {
			return nil, err
		}
	}
	return NewMixture(weights, parts)
}

func combineEmpirical(p *parser, f *family, at int, args []arg) (Dist, error) {
	values := make([]float64, len(args))
	var weights []float64
	for i, a := range args {
		if a.dist != nil || a.name != "" {
			return nil, p.fail(a.at, "empirical takes values only", "write "+f.usage())
		}
		var err error
		if values[i], err = p.unit.parse(a.number); err != nil {
			return nil, place(err, a.at, "")
		}
		if args[0].weight == "" && a.weight == "" {
			continue
		}
		w, err := p.weight(f, a)
		if err != nil {
			return nil, err
		}
		weights = append(weights, w)
	}
	if len(weights) > 0 && len(weights) != len(values) {
		return nil, p.fail(at, "give a weight to every value or to none", "write "+f.usage())
	}
	d, err := NewEmpirical(values, weights)
	if err != nil {
		return nil, err
	}
	d.Unit = p.unit
	return d, nil
}

// pair reads (number, distribution).
func (p *parser) pair(f *family, at int, unit Unit, args []arg) (float64, Dist, error) {
	if len(args) != 2 || args[0].number == "" || args[0].name+args[0].weight+args[1].name+args[1].weight != "" {
		return 0, nil, p.fail(at, f.name+" needs a number and a distribution", "write "+f.usage())
	}
	v, err := unit.parse(args[0].number)
	if err != nil {
		return 0, nil, place(err, args[0].at, "")
	}
	d, err := p.part(args[1])
	return v, d, err
}

func combineShift(p *parser, f *family, at int, args []arg) (Dist, error) {
	by, part, err := p.pair(f, at, p.unit, args)
	if err != nil {
		return nil, err
	}
	d, err := NewShifted(by, part)
	d.Unit = p.unit
	return d, err
}

func combineScale(p *parser, f *family, at int, args []arg) (Dist, error) {
	factor, part, err := p.pair(f, at, Count, args)
	if err != nil {
		return nil, err
	}
	return NewScaled(factor, part)
}
