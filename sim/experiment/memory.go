package experiment

import (
	"stickysim/sim"
	"stickysim/sim/metric"
)

// Need is how much memory a study takes, in bytes: an estimate from above, good to a factor of two.
type Need struct {
	Shared  int64 // by all replications: models, recorded requests, and what is kept of finished replications
	Job     int64 // by each replication that runs at the same time as others
	Waiting int64 // by each that has finished and waits for its turn
	tasks   int
}

// Jobs is how many of so many jobs have something to do at the same time.
func (n Need) Jobs(jobs int) int { return max(min(jobs, n.tasks), 1) }

// Of is the need of so many jobs.
func (n Need) Of(jobs int) int64 {
	jobs = n.Jobs(jobs)
	waiting := max(min(ahead*jobs, n.tasks-jobs), 0)
	return n.Shared + int64(jobs)*n.Job + int64(waiting)*n.Waiting
}

// Bytes that were measured on fleets of 1,000 to 100,000 servers and up to a million users.
const (
	bytesBase    = 16 << 20 // of the program
	bytesServer  = 4000     // of a server, beside its series, in a run
	bytesUser    = 400      // of a user of a closed population, in a run
	bytesRequest = 40       // of a recorded request
	bytesValue   = 8
	bytesFigure  = 64 // of an estimate
	bytesSample  = 4
)

// ahead is how many results may wait for their turn, per job.
const ahead = 2

// Needs estimates the memory of a study.
func Needs(s *Study) Need {
	n := Need{Shared: bytesBase, tasks: s.Replications.Max * len(s.Variants)}
	perServer := int64(0)
	for _, h := range metric.AllSeries() {
		if h.PerServer {
			perServer++
		}
	}
	figures := int64(len(metric.ServerFigures()))
	traces := map[*sim.Trace]bool{}
	for i := range s.Variants {
		m := s.Variants[i].Model
		servers, points := int64(max(len(m.Servers), m.MaxServers)), int64(m.Points())
		kept := servers * points * (perServer*bytesValue + bytesSample)
		kept += servers * figures * (int64(s.Replications.Max)*bytesValue + bytesFigure)
		n.Shared += kept
		samples := servers * points * perServer * bytesSample
		job := servers*bytesServer + samples
		for k := range m.Populations {
			p := &m.Populations[k]
			job += int64(p.Users) * bytesUser
			if p.Trace != nil {
				if !traces[p.Trace] {
					n.Shared += int64(len(p.Trace.Requests)) * bytesRequest
				}
				traces[p.Trace] = true
			}
		}
		n.Job, n.Waiting = max(n.Job, job), max(n.Waiting, samples)
	}
	return n
}
