// Package accesslog turns a real web server's access log into compact, time-ordered records that a simulation can replay.
//
// It reads the nginx and Apache common, combined and vhost_combined formats, any nginx log_format or Apache LogFormat
// string, HAProxy HTTP logs and Caddy JSON logs; plain or gzip; one pass, in memory that depends on the number of requests
// and clients but not on the length of the lines.
//
// # What a line gives
//
// A line becomes a [Record]: when the request arrived, which client sent it, the hash of its target, its method and status,
// and how long it took if the log says so. Clients are distinguished by the fields of [Options.Client]: by default the address
// and the user agent (the address alone where the log has no user agent).
//
// # Time
//
// Records are sorted by arrival, stably: servers log at the end of a request, so lines are often slightly out of order.
// nginx and Caddy stamp the end of a request, Apache and HAProxy its beginning; an end is moved back by the demand, where
// the log has one, to the arrival. Clocks that only tell whole seconds make bursts which were never there. So the n
// requests of one second are placed at 0/n, 1/n, … (n-1)/n of it, in the order of the log; [Options.KeepClock] turns this
// off. An even spread is smoother than Poisson arrivals; it changes nothing at scales above a second. To replay a log k
// times as fast, divide Record.At by k.
//
// # Broken lines
//
// Every line is a record, a [BadLines] entry, blank, or a line that holds no request (a proxy's "started" message):
//
//	Stats.Lines = len(Records) + Bad.Total + Stats.Blank + Stats.Other
//
// Bad lines are counted by reason with the first few places. They are fatal only when they are more than half of the first
// thousand lines, or of all.
//
// Floor 0.
package accesslog
