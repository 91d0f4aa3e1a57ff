package experiment

import "stickysim/sim"

// replication is a replication of a variant: the saved one, or one that is run, and saved when it is finished. It is nil
// where the study was stopped.
func (x *execution) replication(t task) (*sim.Result, error) {
	saved, logged := x.options.Saved, x.options.Log && t.replication == 0
	if saved != nil {
		r, err := saved.Load(t.variant, t.replication)
		if err != nil {
			return nil, err
		}
		if r != nil && !logged {
			r.Log = nil // of an earlier run that kept it
		}
		if r != nil && (!logged || r.Log != nil) {
			return r, nil
		}
	}
	r := sim.Run(x.models[t.variant], x.study.Seed, t.replication, sim.Options{Log: logged, Stop: x.options.Stop})
	if r == nil || saved == nil {
		return r, nil
	}
	if logged && r.Log == nil {
		r.Log = []sim.LogEntry{} // it was kept, and nothing happened
	}
	return r, saved.Save(t.variant, t.replication, r)
}

// warmup is the saved warm-up, or the one that pilot runs show. It is nil where the study was stopped.
func (x *execution) warmup() (*Warmup, error) {
	saved := x.options.Saved
	if saved == nil {
		return x.findWarmup()
	}
	w, err := saved.LoadWarmup()
	if w != nil || err != nil {
		return w, err
	}
	if w, err = x.findWarmup(); w == nil {
		return nil, err
	}
	return w, saved.SaveWarmup(w)
}
