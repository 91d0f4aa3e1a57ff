package sim

import "stickysim/sim/diag"

var unfinished = diag.Register(diag.Code{Name: "unfinished", Severity: diag.Caution,
	Doc: "A drain, a deployment or a change of the fleet's size was still under way when the run ended, so its consequences are counted in part. A longer run, or an earlier event, shows them all."})

var _ = reports(0, (*run).warnUnfinished)

// warnUnfinished warns of the events of the timeline that wait for servers to become empty, and were still waiting at the
// end. How long they take is not known before.
func (r *run) warnUnfinished(b *metricsBuilder) {
	leaving := r.deploy.active
	for i := range r.servers {
		leaving = leaving || r.servers[i].leaving()
	}
	for i := range r.m.Timeline {
		a := &r.m.Timeline[i]
		least, most := a.Lasts(r.m)
		waits := !a.Off && a.Every == nil && !a.Places && a.At < r.end && least < most && a.At+most > r.end
		if leaving && waits {
			w := unfinished.At("timeline", "the %s at %v is still under way when the run ends", a.Kind.Name, a.At)
			w.Hint = "write an earlier at, or a longer duration"
			b.res.Warnings = append(b.res.Warnings, w)
			return
		}
	}
}
