package reports

import "stickysim/sim/experiment"

// Figures are the plots of a result: the load of servers over time, their share of the requests, quantiles of latency,
// lost sessions by cause, and paired differences, if something was compared.
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

// settle makes a figure small if it shows only the reason why it is empty.
func (f *Figure) settle() {
	for i := range f.panels {
		if f.panels[i].empty == "" {
			return
		}
	}
	f.legend, f.height = nil, 70
}
