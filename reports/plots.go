package reports

import (
	"io"

	"stickysim/sim/experiment"
)

// Figures are the plots of a result, those that have something to compare only when it has: the load of servers over
// time, their share of the requests, quantiles of latency, lost sessions by cause, paired differences.
func Figures(res *experiment.Result) []Figure {
	out := []Figure{loadFigure(res), shareFigure(res), latencyFigure(res), lostFigure(res)}
	if f := differenceFigure(res); len(f.panels) > 0 {
		out = append(out, f)
	}
	for i := range out {
		out[i].settle()
	}
	return out
}

// settle makes a figure small that has nothing to show but the reason.
func (f *Figure) settle() {
	for i := range f.panels {
		if f.panels[i].empty == "" {
			return
		}
	}
	f.legend, f.height = nil, 70
}

// WritePlots writes every figure as SVG and PNG to files that create makes, named after the figure.
func WritePlots(create func(name string) (io.WriteCloser, error), res *experiment.Result) error {
	for _, f := range Figures(res) {
		if err := writeTo(create, f.Name+".svg", f.WriteSVG); err != nil {
			return err
		}
		if err := writeTo(create, f.Name+".png", f.WritePNG); err != nil {
			return err
		}
	}
	return nil
}

// writeTo fills one file.
func writeTo(create func(name string) (io.WriteCloser, error), name string, write func(io.Writer) error) error {
	w, err := create(name)
	if err != nil {
		return err
	}
	if err := write(w); err != nil {
		w.Close()
		return err
	}
	return w.Close()
}
