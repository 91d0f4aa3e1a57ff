package nginx

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/policies/replay"
	"stickysim/policies/replay/goldentest"
	"stickysim/sim"
)

// Every decision of nginx 1.22.1 and 1.30.4 on record, the random methods by how they spread requests.
func TestRecordings(t *testing.T) {
	goldentest.Run(t, "nginx", func(c goldentest.Case) (policies.Config, []replay.Server, string, error) {
		cfg, err := configOf(c)
		return cfg, c.ReplayServers(), c.KeyKind(), err
	})
}

func configOf(c goldentest.Case) (policies.Config, error) {
	method := c.Param("method")
	switch c.Param("sticky") {
	case "cookie":
		cfg := StickyCookie{Balance: method, Retrying: DefaultRetrying()}
		return cfg, stickyTime(c, "expires=", &cfg.Expires)
	case "route":
		return StickyRoute{Balance: method, Retrying: DefaultRetrying()}, nil
	case "learn":
		cfg := StickyLearn{Zone: 1 << 20, Balance: method, Retrying: DefaultRetrying()}
		err := stickyTime(c, "timeout=", &cfg.Timeout)
		return cfg, err
	}
	switch method {
	case "round_robin":
		return RoundRobin{Retrying: DefaultRetrying()}, nil
	case "least_conn":
		return LeastConn{Retrying: DefaultRetrying()}, nil
	case "ip_hash":
		return IPHash{Retrying: DefaultRetrying()}, nil
	case "hash":
		return Hash{Consistent: c.Param("consistent") == "true", Retrying: DefaultRetrying()}, nil
	case "random":
		return Random{Two: c.Param("choices") == "2", Retrying: DefaultRetrying()}, nil
	}
	return nil, fmt.Errorf("unknown method %q", method)
}

func stickyTime(c goldentest.Case, prefix string, to *sim.Time) (err error) {
	args, _ := c.Params["sticky_args"].([]any)
	for _, a := range args {
		if value, ok := strings.CutPrefix(fmt.Sprint(a), prefix); ok {
			*to, err = ParseTime(value)
		}
	}
	return err
}

// random two keeps requests in flight together: over the recorded opens and closes, the mean range between the
// fullest and the emptiest server must be within 0.25 requests of the recording, where plain random is 1 off.
func TestRandomTwoKeepsServersLevel(t *testing.T) {
	for _, c := range goldentest.Cases(t, "nginx.random_two") {
		recorded := meanRange(t, c, nil)
		two := meanRange(t, c, replay.New(Random{Two: true, Retrying: DefaultRetrying()}, c.ReplayServers(), 1))
		one := meanRange(t, c, replay.New(Random{Retrying: DefaultRetrying()}, c.ReplayServers(), 1))
		t.Logf("mean range in flight: recorded %.2f, random two %.2f, random %.2f", recorded, two, one)
		if math.Abs(two-recorded) > 0.25 || one-recorded < 1 {
			t.Errorf("%s: recorded %.2f, random two %.2f, random %.2f", c.Name, recorded, two, one)
		}
	}
}

// meanRange averages the range of requests in flight over the events; a nil router follows the recording.
func meanRange(t *testing.T, c goldentest.Case, r *replay.Router) float64 {
	at := map[string]int{} // request to server
	inFlight := make([]int, len(c.Servers))
	sum, n := 0, 0
	for _, row := range c.Rows { // step,t_ms,op,req,key,backend,...
		op, id := row[2], row[3]
		if op == "close" {
			inFlight[at[id]]--
			if r != nil {
				r.Close(id)
			}
		} else {
			for i, s := range c.Servers {
				if s.Name == row[5] {
					at[id] = i
				}
			}
			if r != nil {
				a, err := r.Open(id, replay.Key{})
				if err != nil {
					t.Fatal(err)
				}
				at[id] = int(a.Server)
			}
			inFlight[at[id]]++
		}
		least, most := inFlight[0], inFlight[0]
		for _, f := range inFlight {
			least, most = min(least, f), max(most, f)
		}
		sum, n = sum+most-least, n+1
	}
	return float64(sum) / float64(n)
}
