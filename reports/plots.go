package reports

import "stickysim/sim/experiment"

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
