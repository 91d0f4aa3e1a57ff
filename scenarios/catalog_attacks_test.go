package scenarios_test

import (
	"testing"

	"stickysim/policies"
)

// A client with a fraction q of the requests and one key, or one cookie, gives the busiest of n servers q + (1-q)/n of them.
// A bound on the load limits that to 5/4 of the mean in flight, rounded up.
func TestSpoofedAffinity(t *testing.T) {
	t.Parallel()
	study := fromCatalog(t, "spoofed-affinity")
	for _, v := range study.Variants {
		runs := play(t, study, v.Name, 2)
		q := average(runs, "requests.good{population=attackers}") / average(runs, "requests.good")
		within(t, "part of the attackers", q, 0.3, 0.05)
		most := average(runs, "server.requests.peak_to_mean") / 5
		switch v.Name {
		case "stateless":
			within(t, v.Name, most, 0.2, 0.002)
		case "bounded-load":
			if most > 1.3/5 {
				t.Errorf("bounded-load: the busiest server has %.3f of the requests", most)
			}
		default:
			within(t, v.Name, most, q+(1-q)/5, 0.03)
		}
	}
}

// In each of 14 outages a server is marked down from about 4 to 18 s after it is paused. Of its 75 sessions a third send a
// request before that and wait until it resumes; of the others 3 in 4 send one while it is down: 59 % in all. With cookies
// they stay on the new server, so only the first outage costs many, and later ones new sessions. A hash moves them there and
// back, so an outage costs about twice as many; a hash modulo the number of servers moves all. Copies, and a store, save all.
func TestFlapping(t *testing.T) {
	t.Parallel()
	const n, outages, asking = 3, 14, 75 * 0.59
	study := fromCatalog(t, "flapping")
	cookie := average(play(t, study, "cookie", n), "sessions.lost")
	if cookie < asking || cookie > 4*asking {
		t.Errorf("by cookie %.0f sessions are lost; the first outage finds %.0f", cookie, asking)
	}
	hashed := average(play(t, study, "consistent-hash", n), "sessions.lost")
	within(t, "by consistent hash", hashed, outages*2*asking, 0.2*outages*2*asking)
	if modulo := average(play(t, study, "ip-hash", n), "sessions.lost"); modulo < 2*hashed {
		t.Errorf("by remainder %.0f sessions are lost, by consistent hash %.0f", modulo, hashed)
	}
	for _, safe := range []string{"stateless", "cookie-two-copies"} {
		within(t, safe, average(play(t, study, safe, 1), "sessions.lost"), 0, 0)
	}
}

// Every product ignores or hashes a cookie value that it has not issued; no request fails because of one.
func TestMadeUpCookies(t *testing.T) {
	t.Parallel()
	for _, e := range policies.All() {
		if e.Doc.Key != policies.KeyCookie {
			continue
		}
		res := runPolicy(t, e.Name, "clients: {retries: 0}\n", "forged_cookies: {share: 50%}")
		if failed := metric("requests.failed")(res); failed > 0 {
			t.Errorf("%s: %.0f requests fail for a forged cookie", e.Name, failed)
		}
		if e.Doc.Claims.Sticky && metric("affinity.hit")(res) < 0.5 {
			t.Errorf("%s: forged cookies of others cost the honest their server: hit %.3f", e.Name, metric("affinity.hit")(res))
		}
	}
}
