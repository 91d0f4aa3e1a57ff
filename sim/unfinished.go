package sim

import "stickysim/sim/diag"

var unseenLosses = diag.Register(diag.Code{Name: "losses-unseen", Severity: diag.Caution,
	Doc: "An event of the timeline took sessions' state, and many of their clients had not come back when the run ended. A session is lost when its user finds that out, so these count as neither lost nor hit. A longer run, or an earlier event, shows them all."})

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

var _ = reports(0, (*run).warnUnseen)

// mostUnseen is the part of an event's losses that may be missing without a warning: some clients always think for long.
const mostUnseen = .1

// warnUnseen warns of the events of the timeline whose losses the run ends too early to count.
func (r *run) warnUnseen(b *metricsBuilder) {
	if !r.incidents.scripted() {
		return
	}
	for i, n := range r.unseenLosses() {
		if x := &r.incidents.list[i]; x.scripted && float64(n) > mostUnseen*float64(n+x.lost) {
			w := unseenLosses.At("timeline", "clients whose sessions the %s at %v ended had not come back when the run ended: these losses are not counted", x.kind.Name, x.at)
			w.Hint = "write an earlier at, or a longer duration"
			b.res.Warnings = append(b.res.Warnings, w)
		}
	}
}
