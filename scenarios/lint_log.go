package scenarios

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/workloads"
	"stickysim/workloads/accesslog"
)

const (
	fewRequests = 10  // of a log say little
	nearlyAll   = 0.9 // of the requests of a log
)

// lintLog warns of what makes the replay of a log doubtful. log has no records any more.
func (d *decoder) lintLog(n *tree.Node, o *replay, log *accesslog.Log, r *workloads.ReplayReport) {
	file, s := quote(o.file), &log.Stats
	if r.Requests < fewRequests {
		d.warn(n, shortReplay, fmt.Sprintf("%s has %s", file, several(r.Requests, "request")), "replay a longer log")
		return
	}
	d.lintSenders(n, file, log, r)
	if s.Listed > 0 {
		d.warn(n, addressLists, fmt.Sprintf("%s: %s have a list in place of the client's address, the first is line %d; the first address of a list is taken for the client's", file, several(s.Listed, "line"), s.ListedLine),
			"proxies add addresses at the end of X-Forwarded-For; what clients write into it comes first")
	}
	if s.Copies > 0 {
		d.warn(n, repeatedLines, fmt.Sprintf("%s: most of its %d requests are there %d times, alike in time, client, request and durations, so the load may be %[3]d times what it was", file, r.Records, s.Copies),
			"give each file of a log once; awk '!seen[$0]++' FILE leaves out lines that are there already")
	}
	if s.Unread > r.Records/50 { // fewer are lines with a stray quote
		d.lintUnread(n, file, s)
	}
	for _, m := range s.Mixed {
		d.warn(n, mixedFormats, fmt.Sprintf("%s: %s of format %s, the first is line %d; the others are %s", file, several(m.Lines, "line"), m.Format, m.First, s.Format),
			"replay the lines of each format as a population of its own")
	}
	if s.Anonymous > 0 && len(o.client) > 0 {
		d.warn(n, unidentified, fmt.Sprintf("%s: %s is empty on %d of %s", file, strings.Join(o.client, ", "), s.Anonymous, several(r.Records, "line")),
			"there the address and the user agent identify clients")
	}
	if o.options.UseDemand && r.Measured < r.Requests {
		d.warn(n, untimed, fmt.Sprintf("%s: recorded_service asks for service times, and %d of %s have none", file, r.Requests-r.Measured, several(r.Requests, "request")),
			"these are drawn from service")
	}
}

// lintSilence warns of a log most of which is a pause of everybody. It is said in the log's own time.
func (d *decoder) lintSilence(n *tree.Node, o *replay, t *sim.Trace) {
	if len(t.Requests) < fewRequests {
		return
	}
	silence := sim.Time(0)
	for i := range t.Requests[1:] {
		silence = max(silence, t.Requests[i+1].At-t.Requests[i].At)
	}
	if whole := t.End() - t.Begin; float64(silence) > nearlyAll*float64(whole) {
		span := func(s sim.Time) sim.Time { return sim.FromSeconds(math.Round(s.Seconds() * cmp.Or(t.Origin.Speed, 1))) }
		d.warn(n, silentLog, fmt.Sprintf("%s: of the %v between its first request and its last, %v pass between two that follow each other", quote(o.file), span(whole), span(silence)),
			"the time of a line may be wrong; write from and duration for a part of the log")
	}
}

// lintSenders warns of clients that are none.
func (d *decoder) lintSenders(n *tree.Node, file string, log *accesslog.Log, r *workloads.ReplayReport) {
	switch c, most := log.Busiest(); {
	case r.Named == r.Clients:
		d.warn(n, noAddresses, fmt.Sprintf("%s: no client has an address; the first is %s", file, quote(log.Clients[0].Name)), "addresses are made up of these names; give format if the address is elsewhere in the line")
	case r.Clients == r.Requests:
		d.warn(n, allDifferent, fmt.Sprintf("%s: each of %d requests comes from another client, so nothing can be sticky", file, r.Requests), "write client: [address], or the field that identifies clients")
	case float64(most) > nearlyAll*float64(r.Records):
		from := c.Name
		if c.Addr.IsValid() {
			from = c.Addr.String()
		}
		d.warn(n, oneAddress, fmt.Sprintf("%s: %d of %d requests come from %s, which may be a proxy", file, most, r.Records, from), better(&log.Stats))
	}
}

// better is the field that tells clients behind a proxy apart, as far as the log has one.
func better(s *accesslog.Stats) string {
	switch {
	case s.Forwarded > 0:
		return "write client: [x-forwarded-for, user-agent]"
	case s.UnreadPeer != "":
		return fmt.Sprintf("write client: [%s, user-agent]: that field holds another address", s.UnreadPeer)
	}
	return "log the address that the proxy forwards, as nginx does with $http_x_forwarded_for and Apache with %{X-Forwarded-For}i, and write client: [x-forwarded-for, user-agent]"
}

// lintUnread warns of what a format leaves unread.
func (d *decoder) lintUnread(n *tree.Node, file string, s *accesslog.Stats) {
	what := "behind the end of format " + s.Format + " is not read"
	hint := fmt.Sprintf("write the whole format, such as format: '%s'", accesslog.Example)
	switch s.Format {
	case "json":
		what, hint = "is not read: its unit is not known", "call it request_time, in seconds, or duration_ms"
	case "combined":
		hint = `write the whole format: the log_format of nginx, or the LogFormat of Apache, such as format: '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D'`
	}
	d.warn(n, unreadFields, fmt.Sprintf("%s: %s on %s, the first is line %d: durations and addresses may be there", file, quote(s.UnreadText)+" "+what, several(s.Unread, "line"), s.UnreadLine), hint)
}

// logHint lists the known formats, and shows how another one is written.
func logHint() string {
	names, _ := accesslog.Formats()
	return fmt.Sprintf("known formats: %s; any other is written like format: '%s'", strings.Join(names, ", "), accesslog.Example)
}

// several counts things.
func several(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
