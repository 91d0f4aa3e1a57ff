package sim

// View is what one balancer instance knows. It is borrowed for the call; all slices indexed by ServerID have room
// for every server of the run. The truth may differ: health is as last checked, counts are this instance's own.
//
// Only [Instance] and the methods in this file change a View.
type View struct {
	Now      Time         // since the instance was started, at the start of the run or before
	Servers  []ServerInfo // by ServerID
	Members  []ServerID   // configured servers in configuration order, whatever their status
	Status   []Status     // by ServerID
	Eligible []ServerID   // the Members that are Up, with weight > 0 and not backup (backups only when no other is Up), in order
	InFlight []int32      // by ServerID: attempts this instance has sent and not seen end; always fresh
	Weight   []float64    // by ServerID: effective weight; configured weight unless changed or in slow start
	Sessions []int32      // by ServerID: this instance's clients whose last answered request went there
	Epoch    uint32       // goes up with every change of Members, Status or Weight
}

// Usable reports whether v lets s take requests of clients that are bound to it: up, or draining.
func (v *View) Usable(s ServerID) bool {
	return s >= 0 && int(s) < len(v.Status) && v.Status[s] <= Draining
}

// Full reports whether s is at the limit of requests in flight its configuration sets.
func (v *View) Full(s ServerID) bool {
	limit := v.Servers[s].Limit
	return limit > 0 && int(v.InFlight[s]) >= limit
}

// deriveEligible makes Eligible follow Members, Status and Weight.
func (v *View) deriveEligible() {
	v.Eligible = v.Eligible[:0]
	for _, backup := range [...]bool{false, true} {
		for _, s := range v.Members {
			if v.Status[s] == Up && v.Weight[s] > 0 && v.Servers[s].Backup == backup {
				v.Eligible = append(v.Eligible, s)
			}
		}
		if len(v.Eligible) > 0 {
			return
		}
	}
}

// NewPart returns an empty part of a view with room for so many servers, for Restrict.
func NewPart(servers int) View {
	v := View{Status: make([]Status, servers), Members: make([]ServerID, 0, servers), Eligible: make([]ServerID, 0, servers)}
	for s := range v.Status {
		v.Status[s] = Removed
	}
	return v
}

// Restrict makes v the part of whole that keeps the given members: the others are Removed. Backups count within the part:
// they are eligible where none of its other servers is. It must be called again after every change of whole.
func (v *View) Restrict(whole *View, keeps func(ServerID) bool) {
	v.Follow(whole)
	v.Members = v.Members[:0]
	for s := range v.Status {
		v.Status[s] = Removed
	}
	for _, s := range whole.Members {
		if keeps(s) {
			v.Members = append(v.Members, s)
			v.Status[s] = whole.Status[s]
		}
	}
	v.deriveEligible()
}

// Follow brings v, a part of whole, up to date with what changes between two calls of Restrict: the time and the counts.
func (v *View) Follow(whole *View) {
	v.Now, v.Epoch = whole.Now, whole.Epoch
	v.Servers, v.InFlight, v.Weight, v.Sessions = whole.Servers, whole.InFlight, whole.Weight, whole.Sessions
}
