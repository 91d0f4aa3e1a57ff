package importer_test

import (
	"os"
	"strings"
	"testing"

	"stickysim/scenarios"
	"stickysim/scenarios/importer"
	"stickysim/sim"
)

// cases are small configurations, each of which shows one thing.
const cases = "testdata/cases"

// A route that the application sets, such as Tomcat's jvmRoute, binds its clients whatever the product: no session is lost in a
// run without faults.
func TestRoutesOfApplicationsAreSticky(t *testing.T) {
	for _, x := range []struct{ files, policy string }{
		{"apache-jvmroute.conf", "apache/stickysession"},
		{"modjk-httpd.conf", "apache/stickysession"},
		{"workers.properties", "apache/stickysession"},
		{"modjk-httpd.conf workers.properties", "apache/stickysession"},
		{"workers.properties modjk-httpd.conf", "apache/stickysession"},
		{"nginx-srun-id.conf", "nginx/sticky_route"},
		{"nginx-sticky-route.conf", "nginx/sticky_route"},
		{"hap-appcookie.cfg", "haproxy/cookie"},
	} {
		t.Run(x.files, func(t *testing.T) {
			t.Parallel()
			c, err := importer.Import(os.DirFS(cases), "", strings.Fields(x.files)...)
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Pools) != 1 || c.Pools[0].Policy != x.policy {
				t.Fatalf("pools %+v, want one with policy %s", c.Pools, x.policy)
			}
			yaml, err := importer.ToScenario(c, &c.Pools[0])
			if err != nil {
				t.Fatal(err)
			}
			spec, err := scenarios.Parse("imported", yaml)
			if err != nil {
				t.Fatal(err)
			}
			model := scenarios.Build(spec, nil).Study.Variants[0].Model
			model.Duration = 10 * sim.Minute
			var lost, lived int64
			for _, p := range sim.Run(model, 1, 0, sim.Options{}).Populations {
				lived += p.Lived
				for _, n := range p.Lost {
					lost += n
				}
			}
			if lost > 0 || lived < 1000 {
				t.Errorf("%d of %d sessions lost, want none", lost, lived)
			}
		})
	}
}
