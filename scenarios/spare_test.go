package scenarios_test

import (
	"slices"
	"strings"
	"testing"

	"stickysim/scenarios"
	"stickysim/sim"
)

// orderedServers runs a scenario, and lists the servers that are ordered in it, by name.
func orderedServers(t *testing.T, text string) (ordered []string, m *sim.Model) {
	t.Helper()
	spec, err := scenarios.Parse("spare.yaml", []byte("duration: 5m\nwarmup: 0s\nstart: empty\nworkload: [{users: 20, think: exp(1s), service: 5ms}]\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	m = studyOf(t, spec, nil).Variants[0].Model
	res := sim.Run(m, 1, 0, sim.Options{Log: true})
	for _, e := range res.Log {
		if e.Event == "server ordered" {
			ordered = append(ordered, res.Servers[e.Server].Name)
		}
	}
	return ordered, m
}

// Servers that are added take the names behind those of the fleet, by whatever they are added; then come numbers.
func TestAddedServersTakeTheNextNames(t *testing.T) {
	t.Parallel()
	const fleet = "servers: {count: 3, names: [web-a, web-b, web-c, web-d, web-e]}\npolicies: [cookie]\n"
	for _, c := range []struct{ text, want string }{
		{fleet + "timeline: [{at: 1m, scale: {to: 4}}]", "web-d"},
		{fleet + "timeline: [{at: 1m, scale: {to: 6}}]", "web-d web-e server-6"},
		{fleet + "timeline: [{at: 1m, deploy: {strategy: rolling, max_surge: 1, drain: 5s}}]", "web-d web-e server-6"},
		{fleet + "timeline: [{at: 1m, deploy: {strategy: blue_green, drain: 5s}}]", "web-d web-e server-6"},
		{"servers: [{name: a, cookie: c1}, {name: b, cookie: c2}]\nnew_servers: {names: [c, d], addrs: [10.0.0.3, 10.0.0.4], cookies: [c3, c4]}\npolicies: [cookie]\ntimeline: [{at: 1m, scale: {to: 5}}]", "c d server-5"},
	} {
		got, m := orderedServers(t, c.text)
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: servers %s, want %s", c.text, text, c.want)
		}
		if want := (sim.ServerInfo{Name: "c", Addr: "10.0.0.3", Cookie: "c3"}); strings.Contains(c.text, "c3") && m.Spare[0].Addr+m.Spare[0].Cookie != want.Addr+want.Cookie {
			t.Errorf("the first added server is %+v, want %+v", m.Spare[0], want)
		}
	}
}

// A ring after a scale-out is that of a fleet that was configured with the same servers.
func TestRingAfterScaleOut(t *testing.T) {
	t.Parallel()
	const rest = "policies: [{nginx/hash: {consistent: true, key: $remote_addr}}]\n"
	share := func(text string) []float64 {
		spec, err := scenarios.Parse("ring.yaml", []byte("duration: 2m\nwarmup: 30s\nstart: empty\nhealth: oracle\nworkload: [{sessions: poisson(20/s), requests: 1, service: 1ms}]\n"+rest+text))
		if err != nil {
			t.Fatal(err)
		}
		res := sim.Run(studyOf(t, spec, nil).Variants[0].Model, 1, 0, sim.Options{})
		var shares []float64
		for _, rank := range []string{"1", "2", "3", "4"} {
			shares = append(shares, metric("server.requests.share{rank="+rank+"}")(res))
		}
		return shares
	}
	configured := share("servers: {names: [10.0.0.1:80, 10.0.0.2:80, 10.0.0.3:80, 10.0.0.4:80]}\n")
	added := share("servers: {count: 3, names: [10.0.0.1:80, 10.0.0.2:80, 10.0.0.3:80, 10.0.0.4:80]}\ntimeline: [{at: 0s, scale: {to: 4}}]\n")
	other := share("servers: {count: 3, names: [10.0.0.1:80, 10.0.0.2:80, 10.0.0.3:80]}\ntimeline: [{at: 0s, scale: {to: 4}}]\n")
	if !slices.Equal(configured, added) {
		t.Errorf("shares %v of a fleet as configured, %v after a scale-out to it", configured, added)
	}
	if slices.Equal(configured, other) {
		t.Errorf("a server with another name has the same place on the ring: %v", other)
	}
}
