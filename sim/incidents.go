package sim

import (
	"slices"

	"stickysim/sim/metric"
)

// incidentNo numbers the incidents of a run from 1: the occurrences of timeline entries, whatever they do. 0 is none.
type incidentNo int32

// incidents counts, for each, the sessions that were active when it began and have been lost to it. Only this file changes
// it.
type incidents struct {
	list    []incidentCount
	current incidentNo              // the one that is being carried out
	by      []incidentNo            // by server: the one that hit, ordered or removed it last
	ends    map[incident]incidentNo // by end of an incarnation of a server, or of an era of the store
	changed incidentNo              // the one that last changed what balancers know of the fleet, or how they choose
}

// incidentCount is what is counted of an incident.
type incidentCount struct {
	kind         *ActionKind
	at           Time
	scripted     bool // it is the one occurrence of an entry
	active, lost int64
}

// beginIncident begins an occurrence of a timeline entry.
func (r *run) beginIncident(a *Action) {
	x := &r.incidents
	x.list = append(x.list, incidentCount{kind: a.Kind, at: r.now, scripted: a.Every == nil && !a.Each, active: r.active})
	x.current = incidentNo(len(x.list))
}

// scripted reports whether one of them is the one occurrence of an entry.
func (x *incidents) scripted() bool {
	return slices.ContainsFunc(x.list, func(i incidentCount) bool { return i.scripted })
}

// unseenLosses counts, by incident, the sessions whose state it has taken, and whose clients do not know yet.
func (r *run) unseenLosses() []int64 {
	x, n := &r.incidents, make([]int64, len(r.incidents.list)+1)
	for i := range r.clients {
		if r.unseen(ClientID(i)) {
			n[x.ends[r.endOf(ClientID(i))]]++
		}
	}
	return n[1:]
}

// resume makes an incident the one that is being carried out, and returns the one that was.
func (x *incidents) resume(n incidentNo) (before incidentNo) {
	before, x.current = x.current, n
	return before
}

// hit notes that what is being carried out concerns a server.
func (x *incidents) hit(s ServerID) {
	for len(x.by) <= int(s) {
		x.by = append(x.by, 0)
	}
	x.by[s] = x.current
}

// of is the incident that concerned a server last.
func (x *incidents) of(s ServerID) incidentNo {
	if int(s) >= len(x.by) {
		return 0
	}
	return x.by[s]
}

// endServer notes the end of an incarnation of a server, endStore that of an era of the store.
func (x *incidents) endServer(s ServerID, era uint16) { x.end(incident{s, era}, x.of(s)) }
func (x *incidents) endStore(era uint16)              { x.end(incident{NoServer, era}, x.current) }

func (x *incidents) end(of incident, by incidentNo) {
	if by == 0 {
		return
	}
	if x.ends == nil {
		x.ends = map[incident]incidentNo{}
	}
	x.ends[of] = by
}

// moves notes that balancers learn of a change of a server; chooses, that they choose in another way.
func (x *incidents) moves(s ServerID) { x.changed = x.of(s) }
func (x *incidents) chooses()         { x.changed = x.current }

// culprit is the incident to which the loss of a session with a request goes back, if to one.
func (r *run) culprit(q *request, cause Cause) incidentNo {
	x, at := &r.incidents, r.place.where(q.client)
	switch {
	case len(x.list) == 0:
		return 0
	case causes[cause].culprit == storeEmptied:
		return x.ends[incident{NoServer, at.storeEra}]
	case at.server >= 0 && r.servers[at.server].incarnation != at.incarnation:
		return x.ends[incident{at.server, at.incarnation}]
	case at.server >= 0 && r.servers[at.server].leaving():
		return x.of(at.server)
	case q.flags&meetsChange != 0:
		return x.changed
	}
	return 0
}

// blame counts a loss for the incident that has led to it, if the session was active when that began.
func (r *run) blame(q *request, cause Cause) {
	if n := r.culprit(q, cause); n > 0 && r.sessions[q.client].since < r.incidents.list[n-1].at {
		r.incidents.list[n-1].lost++
	}
}

// byAction breaks incidents down.
var byAction = &metric.Dimension{Name: "action", Doc: "the timeline entry", Values: func() []metric.Term {
	var list []metric.Term
	for _, k := range ActionKinds() {
		list = append(list, metric.Term{Name: k.Name, Doc: k.Doc})
	}
	return list
}}

var (
	aTimeline = need("a timeline", func(m *Model) bool { return len(m.Timeline) > 0 })

	metricIncidents = metric.Register(metric.Family{Name: "incident.count", Kind: metric.Count, Labels: []*metric.Dimension{byAction},
		Short: "occurrences of timeline entries", Doc: "Each occurrence in the measured part: a recurring entry has several, one that hits several servers at once is one.", Formula: "number", Needs: aTimeline})
	metricIncidentLost = metric.Register(metric.Family{Name: "incident.lost.ratio", Kind: metric.Share, Better: metric.Less, Labels: []*metric.Dimension{byAction},
		Short: "sessions lost to an incident, of those active then",
		Doc: "An incident is an occurrence of a timeline entry in the measured part: a fault, a deployment, a change of the fleet. Of the sessions active when it began, the share lost to it, at once or when they came back: " +
			"because a server or the store lost their state, or because their client was sent elsewhere by the first request after the change. Several incidents are pooled, so the figure does not depend on the length of the run.",
		Formula: "sum over incidents of the sessions lost to it / sum over incidents of the sessions active when it began", Undefined: "when no session was active at any incident", Needs: aTimeline,
		Show: metric.Show{Summary: 39}})
)

var _ = reports(36, (*run).incidentMetrics)

func (r *run) incidentMetrics(b *metricsBuilder) {
	if !r.m.Reports(metricIncidents) {
		return
	}
	n, active, lost := r.incidents.total(nil)
	b.count(metricIncidents.ID(), n)
	b.ratio(metricIncidentLost.ID(), float64(lost), float64(active))
	for _, k := range r.m.actionKinds() {
		n, active, lost := r.incidents.total(k)
		b.count(metricIncidents.With(byAction.Name, k.Name), n)
		b.ratio(metricIncidentLost.With(byAction.Name, k.Name), float64(lost), float64(active))
	}
}

// total adds up the incidents of the measured part, of one kind or, for nil, of all.
func (x *incidents) total(kind *ActionKind) (n, active, lost int64) {
	for _, i := range x.list {
		if i.at >= 0 && (kind == nil || i.kind == kind) {
			n, active, lost = n+1, active+i.active, lost+i.lost
		}
	}
	return n, active, lost
}

// actionKinds are the kinds of the timeline's entries, by name.
func (m *Model) actionKinds() []*ActionKind {
	var list []*ActionKind
	for _, k := range ActionKinds() {
		for i := range m.Timeline {
			if m.Timeline[i].Kind == k {
				list = append(list, k)
				break
			}
		}
	}
	return list
}
