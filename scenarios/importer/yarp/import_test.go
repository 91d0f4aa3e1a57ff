package yarp

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/policies/yarp"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

func read(t *testing.T, text string) *ir.Config {
	t.Helper()
	c, err := importer.Import(importer.File("appsettings.json", []byte(text)), "yarp", "appsettings.json")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return c
}

// cluster wraps the fields of a cluster with two destinations.
func cluster(fields string) string {
	return `{"ReverseProxy": {"Clusters": {"c": {` + fields + `
		"Destinations": {"a": {"Address": "http://10.0.0.1:81"}, "b": {"Address": "https://[::1]"}}}}}}`
}

func TestPolicies(t *testing.T) {
	for fields, policy := range map[string]string{
		``: "yarp/power-of-two-choices",
		`"LoadBalancingPolicy": "leastrequests",`:                                           "yarp/least-requests",
		`"loadBalancingPolicy": "FirstAlphabetical",`:                                       "yarp/first-alphabetical",
		`"LoadBalancingPolicy": "Mine",`:                                                    "yarp/power-of-two-choices",
		`"SessionAffinity": {"Enabled": false, "Policy": "Cookie"},`:                        "yarp/power-of-two-choices",
		`"SessionAffinity": {"Enabled": "True"},`:                                           "yarp/hash-cookie",
		`"SessionAffinity": {"Enabled": true, "Policy": "Cookie", "AffinityKeyName": "k"},`: "yarp/cookie",
		`"SessionAffinity": {"Enabled": true, "Policy": "CustomHeader"},`:                   "yarp/custom-header",
		`"SessionAffinity": {"Enabled": true, "Policy": "ArrCookie"},`:                      "yarp/arr-cookie",
	} {
		p := read(t, cluster(fields)).Pools[0]
		if p.Policy != policy || p.Params == nil || len(p.Servers) != 2 {
			t.Errorf("%s: %s %+v with %d servers, want %s", fields, p.Policy, p.Params, len(p.Servers), policy)
		}
	}
}

func TestCluster(t *testing.T) {
	p := read(t, cluster(`"LoadBalancingPolicy": "Random",
		"SessionAffinity": {"Enabled": true, "FailurePolicy": "Return503Error", "AffinityKeyName": "k", "Cookie": {"Expiration": "03:00:00", "MaxAge": "1.02:03:04.5"}},
		"HealthCheck": {"Active": {"Enabled": true, "Interval": "00:00:07"}, "Passive": {"Enabled": true}},
		"Metadata": {"ConsecutiveFailuresHealthPolicy.Threshold": "5"}, "HttpRequest": {"ActivityTimeout": "00:00:30"},`)).Pools[0]
	want := yarp.HashCookie{
		Affinity: yarp.Affinity{Failure: "Return503Error", Balancing: "Random", Cluster: yarp.DefaultCluster()},
		Lifetime: yarp.Lifetime{TTL: 26*sim.Hour + 3*sim.Minute + 4500*sim.Millisecond},
	}
	want.Passive = true
	if p.Params != want {
		t.Errorf("%+v, want %+v", p.Params, want)
	}
	if h := *p.Health; h.Interval != 7*sim.Second || h.Timeout != 10*sim.Second || h.Fall != 5 || h.Rise != 1 {
		t.Errorf("health %+v", h)
	}
	if p.Limits.Attempt != 30*sim.Second || p.Limits.Connect != 15*sim.Second || p.CookieName != "k" {
		t.Errorf("limits %+v, cookie %q", p.Limits, p.CookieName)
	}
	if a, b := p.Servers[0].Info, p.Servers[1].Info; a.Addr != "10.0.0.1:81" || b.Addr != "[::1]:443" || a.Name != "a" {
		t.Errorf("servers %+v, %+v", a, b)
	}
}

// Without active checks nothing is probed, whatever else is set.
func TestProbesAreOffUnlessEnabled(t *testing.T) {
	p := read(t, cluster(`"HealthCheck": {"Active": {"Interval": "00:00:07"}},`)).Pools[0]
	if p.Health != nil {
		t.Errorf("health %+v", p.Health)
	}
}

// Comments, a byte order mark, tabs, commas at the end and any case of names are .NET's JSON.
func TestDialect(t *testing.T) {
	text := "\ufeff{ // comment with \"quotes\"\n\t\"reverseproxy\": { /* a\n block */ \"CLUSTERS\": {\n\t\t\"c\": { \"destinations\": {\n" +
		"\t\t\t\"a//b\": { \"address\": \"http://x/*y*/\", },\n\t\t}, },\n\t}, },\n}\n"
	c := read(t, text)
	if len(c.Pools) != 1 || len(c.Pools[0].Servers) != 1 || c.Pools[0].Servers[0].Info.Name != "a//b" || c.Pools[0].Servers[0].Line != 5 {
		t.Fatalf("%+v", c.Pools)
	}
	for _, broken := range []string{"/*", "{\"a\": \"", "{ // ", "\"\\", "{} /* /"} {
		plain([]byte(broken))
	}
}

func TestRouteForEveryPathIsTheDefault(t *testing.T) {
	c := read(t, `{"ReverseProxy": {
		"Routes": {"one": {"ClusterId": "a", "Match": {"Path": "/a/{**rest}"}}, "two": {"ClusterId": "B", "Match": {"Path": "{**all}"}}, "three": {"ClusterId": "none"}},
		"Clusters": {"a": {}, "b": {}}}}`)
	if c.Pools[0].Default || !c.Pools[1].Default {
		t.Errorf("defaults %v, %v, want the second", c.Pools[0].Default, c.Pools[1].Default)
	}
	said := fmt.Sprint(c.Remarks)
	if !strings.Contains(said, "ClusterId none: there is no such cluster") {
		t.Errorf("no word on the cluster that is missing: %s", said)
	}
}

// Spans that are none of .NET's are not carried over.
func TestSpans(t *testing.T) {
	for text, want := range map[string]sim.Time{
		"00:01:40": 100 * sim.Second, "1.00:00:00": 24 * sim.Hour, "00:00:00.2500000": 250 * sim.Millisecond, "23:59:59": 24*sim.Hour - sim.Second,
		"100": -1, "30s": -1, "00:01": -1, "-00:00:01": -1, "9999999.00:00:00": -1, "x.00:00:00": -1,
	} {
		c := read(t, cluster(`"HttpRequest": {"ActivityTimeout": "`+text+`"},`))
		got := c.Pools[0].Limits.Attempt
		if want == -1 {
			want = 100 * sim.Second // the default
			if !strings.Contains(fmt.Sprint(c.Remarks), "must be a span") {
				t.Errorf("%s: no remark", text)
			}
		}
		if got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// Every name of YARP's configuration is in a drawer, and understood.
func TestEveryFieldIsUnderstood(t *testing.T) {
	list, err := os.ReadFile("testdata/schemas/yarp.txt")
	if err != nil {
		t.Fatal(err)
	}
	fields := 0
	for line := range strings.Lines(string(list)) {
		path, value, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		fields++
		steps := strings.Split(path, ".")
		text := "\n\"" + steps[len(steps)-1] + "\": " + value + "\n"
		for i := len(steps) - 2; i >= 0; i-- {
			text = `{` + text + `}`
			text = `"` + steps[i] + `": ` + text
		}
		other := `"Clusters": {"c": {"SessionAffinity": {"Enabled": true}}}`
		if steps[0] == "Clusters" {
			other = `"Routes": {}`
		}
		c := read(t, `{"ReverseProxy": {`+other+`, `+text+`}}`)
		var said []string
		for _, r := range c.Remarks {
			if r.Line == 2 {
				said = append(said, r.Text)
			}
		}
		if len(said) == 0 && !strings.Contains(fmt.Sprint(c.Remarks), "not enabled") || strings.Contains(strings.Join(said, " "), "not understood") {
			t.Errorf("%s: %v; all: %v", path, said, c.Remarks)
		}
	}
	if fields < 50 {
		t.Errorf("%d fields", fields)
	}
}

// Many clusters and routes: each route leads to its cluster, whatever the case of its name.
func TestManyClusters(t *testing.T) {
	file := func(n int) string {
		var routes, clusters []string
		for i := range n {
			routes = append(routes, fmt.Sprintf(`"r%d": {"ClusterId": "C%d", "Match": {"Path": "/%d"}}`, i, i, i))
			clusters = append(clusters, fmt.Sprintf(`"c%d": {"Destinations": {"d": {"Address": "http://10.0.0.1:%d"}}}`, i, 1+i))
		}
		return `{"ReverseProxy": {"Routes": {` + strings.Join(routes, ",\n") + `}, "Clusters": {` + strings.Join(clusters, ",\n") + `}}}`
	}
	c := read(t, file(3000))
	led := 0
	for _, r := range c.Remarks {
		if strings.HasPrefix(r.Text, "ClusterId: route") {
			led++
		}
	}
	if len(c.Pools) != 3000 || led != 3000 {
		t.Errorf("%d pools, %d routes that lead to one, want 3000", len(c.Pools), led)
	}
}

func FuzzImport(f *testing.F) {
	f.Add(cluster(`"SessionAffinity": {"Enabled": true, "Policy": "Cookie", "Cookie": {"Expiration": "00:10:00"}}, "HealthCheck": {"Active": {"Enabled": true, "Interval": "-1"}},`))
	f.Add("{ // a comment\n\"ReverseProxy\": {\"Clusters\": {\"c\": {\"Destinations\": {\"a\": {\"Address\": \"http://a\"}, }, }, }, }, }")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := importer.Import(importer.File("appsettings.json", []byte(text)), "yarp", "appsettings.json")
		if err != nil {
			return
		}
		for _, p := range c.Pools {
			if p.Params == nil || policies.Check(p.Params) != nil {
				t.Fatalf("pool %+v: %v", p, policies.Check(p.Params))
			}
		}
	})
}

// What YARP refuses in a cluster has a remark.
func TestWhatYARPRefuses(t *testing.T) {
	c, err := importer.Import(importer.File("f", []byte(`{"ReverseProxy": {"Clusters": {
  "a": {"SessionAffinity": {"Enabled": "yes"}, "Destinations": {}},
  "b": {"SessionAffinity": {"Enabled": true, "Cookie": {"MaxAge": "00:00:00"}}, "Destinations": {"d": {"Address": "http://a/"}}},
  "c": {"SessionAffinity": {"Enabled": true, "AffinityKeyName": "K"}, "Destinations": {"d": {"Address": "http://a/"}},
    "HealthCheck": {"Active": {"Enabled": true, "Interval": "00:00:00"}}, "Metadata": {"ConsecutiveFailuresHealthPolicy.Threshold": "zero"}},
  "d": {"SessionAffinity": {"Enabled": true, "AffinityKeyName": "K"}, "Destinations": {"d": {"Address": "http://a/"}}}}}}`)), "yarp", "f")
	if err != nil {
		t.Fatal(err)
	}
	for text, drawer := range map[string]ir.Drawer{
		"Enabled: must be true or false, got yes": ir.NotCarried, "Destinations of a: none": ir.Assumed, "AffinityKeyName: missing": ir.NotCarried,
		"MaxAge: must be longer than 0": ir.NotCarried, "Interval: must be longer than 0; 15s is used": ir.NotCarried,
		"Threshold: must be a whole number from 1, got zero; 2 is used": ir.NotCarried, "AffinityKeyName K: cluster c has it as well": ir.NotCarried,
		"it was Cookie before": ir.Assumed,
	} {
		if !slices.ContainsFunc(c.In(drawer), func(r ir.Remark) bool { return strings.Contains(r.Text, text) }) {
			t.Errorf("nothing says %q: %v", text, c.Remarks)
		}
	}
	if h := c.Pools[2].Health; h == nil || h.Interval != 15*sim.Second || h.Fall != 2 {
		t.Errorf("%+v", h)
	}
}
