package sim

import "testing"

// The balancers' latency is added to each answer, whatever the discipline and however the wait, which stays as it is.
func TestBalancerLatencyIsAddedToEveryAnswer(t *testing.T) {
	for _, discipline := range []Discipline{FCFS, PS} {
		figures := func(latency float64) (mean, wait float64) {
			m := queue(1, 2, discipline, 8, exp(.2), 2000)
			m.Populations = []Population{{Name: "web", Sessions: poisson{8}, Requests: fixed(1), Demand: exp(.2)}}
			if latency > 0 {
				m.Balancers.Latency = fixed(latency)
			}
			res := Run(m, 1, 0, Options{})
			return figure(t, res, "latency.mean"), figure(t, res, "wait.mean")
		}
		mean, wait := figures(0)
		later, waitLater := figures(.05)
		near(t, "latency added", later-mean, .05, .0005)
		near(t, "wait", waitLater, wait, .0005)
	}
}
