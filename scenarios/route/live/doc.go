// Package live holds no code but a test: it starts the real nginx and HAProxy on the loopback interface in front of
// small back ends, gives them random configurations and requests, imports the same configurations, and compares
// answer for answer with package route.
//
//	seed ─▶ configurations ─▶ nginx, haproxy ─▶ answers ─┐
//	     │                └─▶ importer ─▶ route.Trace ───┴▶ the same server, status and cookie?
//	     └▶ requests, kills, admin commands ─▶ both
//
// Debian 12's packages are what the policies follow: nginx-light (1.22.1) and haproxy (2.6.12). Without them, or with
// other versions, the test is skipped; with STICKYSIM_LIVE=1 they must be there. STICKYSIM_LIVE_SEED=n repeats a run.
//
// Floor 7.
package live
