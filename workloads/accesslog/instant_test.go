package accesslog

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestInstant compares with package time on random moments of all years, zones and notations.
func TestInstant(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	start, end := time.Date(firstYear, 1, 2, 0, 0, 0, 0, time.UTC).Unix(), time.Date(lastYear, 12, 30, 0, 0, 0, 0, time.UTC).Unix()
	for range 20000 {
		zone := time.FixedZone("", (r.IntN(27*60)-13*60)*60)
		at := time.Unix(start+r.Int64N(end-start), r.Int64N(1e9)).In(zone)
		for _, notation := range []struct {
			layout string
			round  time.Duration
		}{
			{"02/Jan/2006:15:04:05 -0700", time.Second},
			{"02/Jan/2006:15:04:05.000 -0700", time.Millisecond},
			{"2006-01-02T15:04:05Z07:00", time.Second},
			{"2006-01-02 15:04:05.000000-0700", time.Microsecond},
			{time.RFC3339Nano, 1},
		} {
			text := at.Format(notation.layout)
			got, ok := instant([]byte(text))
			if want := at.Truncate(notation.round).UnixNano(); !ok || got != want {
				t.Fatalf("instant(%q) = %d, %v; want %d", text, got, ok, want)
			}
		}
	}
}

func TestInstantEdges(t *testing.T) {
	for _, test := range []struct {
		text string
		want int64
		ok   bool
	}{
		{"1136214245", 1136214245e9, true},
		{"1136214245.5", 1136214245500e6, true},
		{"1136214245123", 1136214245123e6, true},
		{"1136214245123456", 1136214245123456e3, true},
		{"29/Feb/2024:00:00:00 +0000", 1709164800e9, true},
		{"31/Dec/2016:23:59:60 +0000", 1483228800e9, true}, // a leap second is the next midnight
		{"29/Feb/2023:00:00:00 +0000", 0, false},
		{"29/Feb/2100:00:00:00 +0000", 0, false},
		{"31/Apr/2024:00:00:00 +0000", 0, false},
		{"00/Jan/2024:00:00:00 +0000", 0, false},
		{"01/jan/2024:00:00:00 +0000", 0, false},
		{"01/Jan/1969:00:00:00 +0000", 0, false},
		{"01/Jan/2200:00:00:00 +0000", 0, false},
		{"01/Jan/2024:24:00:00 +0000", 0, false},
		{"01/Jan/2024:00:60:00 +0000", 0, false},
		{"01/Jan/2024:00:00:61 +0000", 0, false},
		{"01/Jan/2024:00:00:00 +1600", 0, false},
		{"01/Jan/2024:00:00:00 0000", 0, false},
		{"01/Jan/2024:00:00:00. +0000", 0, false},
		{"01/Jan/2024 00:00:00 +0000", 0, false},
		{"2024-13-01T00:00:00Z", 0, false},
		{"2024-01-01_00:00:00Z", 0, false},
		{"99999999999999999999", 0, false},
		{"9999999999999999", 0, false},
		{"", 0, false},
		{"-", 0, false},
	} {
		got, ok := instant([]byte(test.text))
		if ok != test.ok || ok && got != test.want {
			t.Errorf("instant(%q) = %d, %v; want %d, %v", test.text, got, ok, test.want, test.ok)
		}
	}
}
