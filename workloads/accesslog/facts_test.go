package accesslog

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// spanOf is the time from the first record to the last.
func spanOf(l *Log) time.Duration {
	return time.Duration(l.Records.At(l.Records.Len()-1).At - l.Records.At(0).At)
}

func readFile(t testing.TB, name string, o Options) *Log {
	t.Helper()
	f, err := os.Open(filepath.Join("../../testdata/logs", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l, err := Read(f, o)
	if err != nil {
		t.Fatalf("Read(%s) = %v", name, err)
	}
	return l
}

// TestFacts compares real logs with figures counted by another program in another language.
func TestFacts(t *testing.T) {
	for _, want := range []struct {
		file                           string
		lines, bad                     int
		addresses, clients             int
		outOfOrder, backward           int
		first, last                    string
		get, head, post                int
		s2, s3, s4, s5                 int
		busiestSecond                  int
		meanPerSecond, indexDispersion float64
	}{
		{"elastic_apache_2015.log.gz", 10000, 0, 1753, 1862, 4915, 59, "2015-05-17T10:05:00Z", "2015-05-20T21:05:59Z", 9952, 42, 5, 9171, 609, 217, 3, 9, 0.03346, 2.92054},
		{"erddap_2024_9d.log.gz", 16275, 5796, 917, 918, 0, 0, "2024-05-12T00:00:17Z", "2024-05-20T23:54:29Z", 10436, 7, 36, 9472, 105, 902, 0, 8, 0.013482, 1.900918},
		{"hackers_access.log.gz", 3456, 0, 520, 654, 0, 0, "2015-10-25T03:11:25Z", "2015-10-30T14:59:39Z", 2376, 0, 1080, 2846, 585, 25, 0, 3, 0.007284, 1.105564},
		{"logisland_drupal_5.log.gz", 14853, 0, 1236, 1474, 133, 261, "2014-08-31T04:25:02Z", "2014-09-07T04:25:02Z", 13695, 18, 764, 12758, 1335, 760, 0, 54, 0.024558, 11.585689},
		{"nasa_199507_first4k.log.gz", 4000, 0, 416, 416, 0, 0, "1995-07-01T04:00:01Z", "1995-07-01T05:08:54Z", 3998, 1, 1, 3566, 409, 25, 0, 7, 0.967586, 1.164914},
		{"zanbil_shop_1k.log.gz", 1000, 0, 101, 110, 0, 0, "2019-01-22T00:26:14Z", "2019-01-22T00:29:11Z", 976, 10, 14, 938, 38, 24, 0, 23, 5.617978, 2.880022},
	} {
		t.Run(want.file, func(t *testing.T) {
			l := readFile(t, want.file, Options{KeepClock: true})
			checkInvariants(t, l)
			eq(t, "lines", l.Stats.Lines, want.lines)
			eq(t, "bad", l.Bad.Total, want.bad)
			eq(t, "records", l.Records.Len(), want.lines-want.bad)
			eq(t, "clients", len(l.Clients), want.clients)
			eq(t, "out of order", l.Stats.OutOfOrder, want.outOfOrder)
			eq(t, "step back", l.Stats.MaxBackward, time.Duration(want.backward)*time.Second)
			eq(t, "first", l.Stats.First.Format(time.RFC3339), want.first)
			eq(t, "last", l.Stats.Last.Format(time.RFC3339), want.last)
			methods, classes, seconds, gets := l.Stats.Methods, l.Stats.Answers, map[int64]int{}, 0
			for _, r := range l.Records.All() {
				if r.Target.Method() == MethodGet {
					gets++
				}
				seconds[r.At/1e9]++
			}
			eq(t, "GET", methods[MethodGet], want.get)
			eq(t, "records of GET", gets, want.get)
			eq(t, "HEAD", methods[MethodHead], want.head)
			eq(t, "POST", methods[MethodPost], want.post)
			eq(t, "2xx", classes[2], want.s2)
			eq(t, "3xx", classes[3], want.s3)
			eq(t, "4xx", classes[4], want.s4)
			eq(t, "5xx", classes[5], want.s5)
			busiest, squares := 0, 0.0
			for _, n := range seconds {
				busiest = max(busiest, n)
				squares += float64(n * n)
			}
			bins := float64(spanOf(l)/time.Second + 1)
			mean := float64(l.Records.Len()) / bins
			near(t, "mean per second", mean, want.meanPerSecond)
			near(t, "index of dispersion", (squares/bins-mean*mean)/mean, want.indexDispersion)
			eq(t, "busiest second", busiest, want.busiestSecond)

			byAddress := readFile(t, want.file, Options{Client: []Field{Address}})
			eq(t, "addresses", len(byAddress.Clients), want.addresses)
		})
	}
}

// TestSamples checks the two formats of which only a sample is at hand, by its lines.
func TestSamples(t *testing.T) {
	h := readFile(t, "lnav_haproxy.0.txt", Options{})
	checkInvariants(t, h)
	eq(t, "haproxy", h.Stats.Format, "haproxy")
	eq(t, "haproxy records", h.Records.Len(), 13)
	eq(t, "haproxy other", h.Stats.Other, 4)
	eq(t, "haproxy clients", len(h.Clients), 5)
	eq(t, "haproxy address", h.Clients[0].Addr.String(), "141.35.244.171")
	eq(t, "haproxy agent", h.Agents[h.Clients[0].Agent], "Mozilla/5.0 (Windows NT 6.1; Win64; x64; rv:65.0) Gecko/20100101 Firefox/65.0")
	eq(t, "haproxy first", h.Records.At(0), Record{Target: h.Records.At(0).Target, Total: 1487000, Upstream: 1457000})
	eq(t, "haproxy second", h.Records.At(1).At, int64(1708*time.Millisecond))

	c := readFile(t, "lnav_caddy_log.0.txt", Options{})
	checkInvariants(t, c)
	eq(t, "caddy", c.Stats.Format, "caddy")
	eq(t, "caddy records", c.Records.Len(), 4)
	eq(t, "caddy other", c.Stats.Other, 35)
	eq(t, "caddy answers", c.Stats.Answers, [6]int{2: 1, 3: 3})
	eq(t, "caddy demand", c.Records.At(2).Demand(), 73)
}

// checkInvariants holds for every log that was read.
func checkInvariants(t testing.TB, l *Log) {
	t.Helper()
	eq(t, "records + bad + blank + other + parts", l.Records.Len()+l.Bad.Total+l.Stats.Blank+l.Stats.Other+l.Stats.Parts, l.Stats.Lines)
	eq(t, "first At", l.Records.At(0).At, 0)
	requests := make([]int, len(l.Clients))
	for i, r := range l.Records.All() {
		if i > 0 && r.At < l.Records.At(i-1).At {
			t.Fatalf("record %d at %d lies before record %d at %d", i, r.At, i-1, l.Records.At(i-1).At)
		}
		if r.Total < -1 || r.Upstream < -1 {
			t.Fatalf("record %d: times %d and %d", i, r.Total, r.Upstream)
		}
		requests[r.Client]++
	}
	for i, c := range l.Clients {
		eq(t, "requests of a client", c.Requests, requests[i])
		if int(c.Agent) >= len(l.Agents) {
			t.Fatalf("client %d: agent %d of %d", i, c.Agent, len(l.Agents))
		}
	}
	bad := 0
	for _, c := range l.Bad.Counts {
		bad += c.Count
		if len(c.Examples) == 0 || len(c.Examples) > examplesPerReason || c.Reason.String() == "" {
			t.Fatalf("bad lines: %+v", c)
		}
	}
	eq(t, "bad by reason", bad, l.Bad.Total)
}

func eq[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v; want %v", what, got, want)
	}
}

// near compares with a figure that was printed with six decimals.
func near(t testing.TB, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-6 {
		t.Errorf("%s: got %.6f; want %.6f", what, got, want)
	}
}
