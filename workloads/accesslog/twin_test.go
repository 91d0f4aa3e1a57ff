package accesslog

import (
	"bufio"
	"compress/gzip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"
)

// The twin reads combined and common lines the slow and obvious way: a regular expression and time.Parse.
var twinLine = regexp.MustCompile(`^(\S+) \S+ .+? \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}) (?:\d+|-)(?: "(?:[^"\\]|\\.)*" "((?:[^"\\]|\\.)*)"?)?`)

type twinRecord struct {
	at             int64
	address, agent string
}

func twinRead(t *testing.T, name string) (records []twinRecord) {
	f, err := os.Open(filepath.Join("../../testdata/logs", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(z); lines.Scan(); {
		m := twinLine.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		at, err := time.Parse("02/Jan/2006:15:04:05 -0700", m[2])
		if err != nil {
			t.Fatal(err)
		}
		if m[5] == "-" {
			m[5] = ""
		}
		records = append(records, twinRecord{at.UnixNano(), m[1], unescape(m[5])})
	}
	slices.SortStableFunc(records, func(a, b twinRecord) int { return int((a.at - b.at) / 1e9) })
	return records
}

// TestTwin compares every record of the real logs with the twin's.
func TestTwin(t *testing.T) {
	for _, name := range []string{"elastic_apache_2015", "erddap_2024_9d", "hackers_access", "logisland_drupal_5", "nasa_199507_first4k", "zanbil_shop_1k"} {
		l, want := readFile(t, name+".log.gz", Options{KeepClock: true}), twinRead(t, name+".log.gz")
		if l.Records.Len() != len(want) {
			t.Fatalf("%s: %d records; the twin has %d", name, l.Records.Len(), len(want))
		}
		for i, r := range l.Records.All() {
			c := l.Clients[r.Client]
			address := c.Name
			if c.Addr.IsValid() {
				address = c.Addr.String()
			}
			got := twinRecord{l.Stats.First.UnixNano() + r.At, address, l.Agents[c.Agent]}
			if got != want[i] {
				t.Fatalf("%s, record %d: got %+v; want %+v", name, i, got, want[i])
			}
		}
	}
}
