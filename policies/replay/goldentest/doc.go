// Package goldentest holds policies to recorded decisions of the real load balancers (testdata/golden). A product's
// test says how a recorded configuration becomes a policy; the rest is the same for all:
//
//	func TestRecordings(t *testing.T) {
//		goldentest.Run(t, "nginx.ip_hash", func(c goldentest.Case) (policies.Config, []replay.Server, string, error) {
//			return nginx.IPHash{Retrying: nginx.DefaultRetrying()}, c.ReplayServers(), c.KeyKind(), nil
//		})
//	}
//
// Every case is a subtest. With -v each mechanism prints its cases, decisions and matches. Recordings that depend on
// the product's own luck are held to what luck leaves determined, see [Run].
//
// Floor 5.
package goldentest
