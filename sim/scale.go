package sim

// scaleTurn is the autoscaler's turn.
func (r *run) scaleTurn() {}
