package experiment

import "stickysim/sim"

// replication is a replication of a variant: the saved one, or one that is run, and saved when it is finished. It is nil
// where the study was stopped.
func (x *execution) replication(t task, w *sim.Workspace) (*sim.Result, error) {
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
	r := sim.Run(x.models[t.variant], x.study.Seed, t.replication, sim.Options{Log: logged, Stop: x.options.Stop, Workspace: w})
	if r == nil || saved == nil {
		return r, nil
	}
	if logged && r.Log == nil {
		r.Log = []sim.LogEntry{} // it was kept, and nothing happened
	}
	return r, saved.Save(t.variant, t.replication, r)
}

// RunSome runs those of the first Replications.Max replications of which part is true and saves them, without a result: the
// part of one machine among several. Those that are saved already are not run again. Options.Saved must be there; Progress
// counts them, and Keep is not called. stopped reports that Options.Stop ended it before all were finished.
func RunSome(s *Study, o Options, part func(variant, replication int) bool) (stopped bool, err error) {
	x, err := begin(s, o)
	if err != nil || x.stopped {
		return true, err
	}
	var tasks []task
	for r := range s.Replications.Max {
		for v := range x.models {
			if part(v, r) {
				tasks = append(tasks, task{v, r})
			}
		}
	}
	err = x.parallel(len(tasks), func(i int, w *sim.Workspace) (*sim.Result, error) { return x.replication(tasks[i], w) }, func(i int, _ *sim.Result) {
		if o.Progress != nil {
			o.Progress(i+1, len(tasks), s.Variants[tasks[i].variant].Name)
		}
	})
	return x.stopped, err
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
