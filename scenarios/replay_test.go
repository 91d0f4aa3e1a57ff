package scenarios_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stickysim/scenarios"
	"stickysim/sim"
	"stickysim/sim/rng"
)

// pages are the logs of clients who load five pages: six assets of each are asked for 5 ms after its answer. One log has a
// clock of milliseconds and times of answers, the other has whole seconds and none.
func pages(clients int) fstest.MapFS {
	type row struct {
		at, took float64
		client   int
	}
	var rows []row
	for c := range clients {
		k := rng.Root(4).At(uint64(c))
		t := 120 * k.Float64()
		for page := range 5 {
			rows = append(rows, row{t, .05, c})
			for a := range 6 {
				rows = append(rows, row{t + .055 + .002*float64(a), .005, c})
			}
			t += 6 + 4*k.At(uint64(page)).Float64()
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.at, b.at) })
	var fine, coarse strings.Builder
	for _, r := range rows {
		const start = 1709632800
		fmt.Fprintf(&fine, "192.0.%d.%d - - [%.3f] \"GET / HTTP/1.1\" 200 1 \"-\" \"ua\" %.3f\n", r.client/250, r.client%250+1, start+r.at+r.took, r.took)
		stamp := time.Unix(start+int64(r.at), 0).UTC().Format("02/Jan/2006:15:04:05 -0700")
		fmt.Fprintf(&coarse, "192.0.%d.%d - - [%s] \"GET / HTTP/1.1\" 200 1 \"-\" \"ua\"\n", r.client/250, r.client%250+1, stamp)
	}
	return fstest.MapFS{"fine.log": {Data: []byte(fine.String())}, "coarse.log": {Data: []byte(coarse.String())}}
}

const finely = `format: '$remote_addr - $remote_user [$msec] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time', recorded_service: true`

// replays runs a log under policies that remember clients, and one that does not have to.
func replays(t *testing.T, files fstest.MapFS, log, settings string) map[string]*sim.Result {
	t.Helper()
	text := fmt.Sprintf("version: 1\nservers: {count: 4, cores: 64}\nreplications: 1\nworkload: [{replay: %s, service: exp(50ms), %s}]\nstate: local\n"+
		"policies: [cookie, haproxy/cookie, haproxy/stick-table, nginx/ip_hash]", log, settings)
	spec, err := scenarios.Parse("replay.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	study := studyOf(t, spec, files)
	out := map[string]*sim.Result{}
	for _, v := range study.Variants {
		out[v.Name] = play(t, study, v.Name, 1)[0]
	}
	return out
}

// In a world without faults users lose nothing, whatever the clock of their log and the speed of its replay.
func TestReplayLosesNothing(t *testing.T) {
	t.Parallel()
	files := pages(100)
	for log, settings := range map[string]string{"fine.log": finely, "coarse.log": "recorded_service: false"} {
		for _, speed := range []float64{1, 2, 20, 1000} {
			for policy, r := range replays(t, files, log, fmt.Sprintf("%s, speed: %g", settings, speed)) {
				p := &r.Populations[0]
				if p.Sent != 3500 || p.Good != 3500 || p.Started != 100 {
					t.Errorf("%s at speed %g under %s: lost %v; %d sent, %d answered, %d sessions", log, speed, policy, p.Lost, p.Sent, p.Good, p.Started)
				}
			}
		}
	}
	lost := replays(t, files, "coarse.log", "loop: open, speed: 2")["cookie"].Populations[0].Started - 100
	if lost < 10 {
		t.Errorf("sent at the recorded times, clients who ask twice before an answer lose %d sessions", lost)
	}
}

// So do those of real logs.
func TestReplayOfRealLogsLosesNothing(t *testing.T) {
	t.Parallel()
	for _, log := range []string{"hackers_access.log.gz", "zanbil_shop_1k.log.gz", "nasa_199507_first4k.log.gz", "lnav_haproxy.0.txt"} {
		data, err := os.ReadFile("../testdata/logs/" + log)
		if err != nil {
			t.Fatal(err)
		}
		results := replays(t, fstest.MapFS{log: {Data: data}}, log, "name: all")
		for _, policy := range []string{"cookie", "haproxy/cookie", "nginx/ip_hash"} {
			p := &results[policy].Populations[0]
			if lost := figureIn(results[policy], "sessions.lost"); lost != 0 || p.Good != p.Sent {
				t.Errorf("%s under %s: %g sessions lost, %d of %d requests answered", log, policy, lost, p.Good, p.Sent)
			}
		}
	}
}

func figureIn(r *sim.Result, name string) float64 { return average([]*sim.Result{r}, name) }
