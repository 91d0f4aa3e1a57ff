package sweep

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"stickysim/sim/dist"
)

func TestValues(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"4,6,8", "4|6|8"},
		{" 4 , 6 ", "4|6"},
		{"4", "4"},
		{"4..8", "4|5|6|7|8"},
		{"4..4", "4"},
		{"-2..2 by 2", "-2|0|2"},
		{"4..12 by 2", "4|6|8|10|12"},
		{"4..13 by 4", "4|8|12"},
		{"4 .. 6", "4|5|6"},
		{"50ms..200ms by 50ms", "50ms|100ms|150ms|200ms"},
		{"500ms..1s by 250ms", "500ms|750ms|1000ms"},
		{"1h30m..3h by 30m", "90m|120m|150m|180m"},
		{"0..1m by 20s", "0s|20s|40s|60s"},
		{"0s..1m by 20s", "0s|20s|40s|60s"},
		{"0..30% by 10%", "0%|10%|20%|30%"},
		{"1MiB..4MiB by 1MiB", "1MiB|2MiB|3MiB|4MiB"},
		{"1/s..3/s by 1/s", "1/s|2/s|3/s"},
		{"0.1..0.5 by 0.1", "0.1|0.2|0.3|0.4|0.5"},
		{"log 1..64 by 2", "1|2|4|8|16|32|64"},
		{"log 1..100 by 2", "1|2|4|8|16|32|64"},
		{"log 0.1..10 in 7", "0.1|0.215|0.464|1|2.15|4.64|10"},
		{"log 1ms..1s in 4", "1ms|10ms|100ms|1000ms"},
		{"log 1..3000000 by 3", "1|3|9|27|81|243|729|2187|6561|19683|59049|177147|531441|1594323"},
		{"0..1 in 5", "0|0.25|0.5|0.75|1"},
		{"0..1 in 4", "0|0.333|0.667|1"},
		{"1000..1001 in 4", "1000|1000.333|1000.667|1001"},
		{"1..3,8,log 16..64 by 2", "1|2|3|8|16|32|64"},
		{"round-robin,cookie", "round-robin|cookie"},
		{"{cookie: {ttl: 1h, balance: random}}, ip-hash", "{cookie: {ttl: 1h, balance: random}}|ip-hash"},
		{"lognormal(mean=40ms, cv=1),exp(40ms)", "lognormal(mean=40ms, cv=1)|exp(40ms)"},
		{`"a,b",'c, d',don't`, `"a,b"|'c, d'|don't`},
		{"[cookie, ip-hash],[cookie]", "[cookie, ip-hash]|[cookie]"},
		{"../other.log,a..b", "../other.log|a..b"},
		{`""`, `""`},
		{"log", "log"},
		{"2013-11-05T18:00,x", "2013-11-05T18:00|x"},
	} {
		v, err := ParseValues(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		list, err := v.List()
		if got := strings.Join(list, "|"); err != nil || got != c.want {
			t.Errorf("%q gives %s, %v; want %s", c.text, got, err, c.want)
		}
	}
}

func TestBadValues(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "is not path=values"},
		{"servers.count", "is not path=values"},
		{"=4", "is not path=values"},
		{"n=", "column 3: a value is missing"},
		{"n=4,,6", "column 5: a value is missing"},
		{"n=4,", "column 5: a value is missing"},
		{"n={a: 1", "column 3: the bracket { is not closed (add })"},
		{"n='a", "column 3: the quote is not closed"},
		{"n=4..", "column 6: needs a number after .."},
		{"n=4..x", "column 6: needs a number after .., got \"x\""},
		{"n=..4", "column 3: needs a number before .."},
		{"n=log a..4", "column 7: needs a number before .."},
		{"n=12..4", "12 (write 4..12)"},
		{"n=50..400ms by 50ms", "400ms has a unit and 50 has none (write 50ms..400ms)"},
		{"n=50ms..400", "400 is not in the unit of 50ms (write 50ms..400ms)"},
		{"n=50ms..4MiB", "is not in the unit"},
		{"n=4..8 by 0", "by needs a step above 0"},
		{"n=4..8 by -1", "by needs a step above 0"},
		{"n=4ms..8ms by 1", "by needs a step above 0 in the unit of the range, got \"1\" (write by 1ms)"},
		{"n=4..8 by", "needs nothing, by STEP or in COUNT"},
		{"n=4..8 step 2", "needs nothing, by STEP or in COUNT"},
		{"n=4..8 in 1", "at least 2"},
		{"n=4..4 in 3", "both ends are the same (write 4)"},
		{"n=log 0..8 in 3", "must start above 0"},
		{"n=log 1..8 by 1", "factor above 1"},
		{"n=1,4..1000000000", "more than 100000 values"},
		{"n=50ms..400ms", "needs a step or a number of values"},
		{"n=4,4", "has the value \"4\" twice"},
		{"n=1000ms,1s", "twice (1000ms is the same)"},
		{"n=1..3,2", "twice"},
	} {
		a, err := ParseAxis(c.text)
		if err == nil {
			_, err = a.List()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v; want %q", c.text, err, c.want)
		}
	}
}

// A value chosen with u lies within the range, rises with u, and reaches every whole number.
func TestAt(t *testing.T) {
	for _, text := range []string{"4..12", "5s..20s", "log 1..64", "log 0.1..10", "-5m..5m", "a,b,c", "10..20 in 3"} {
		v, err := ParseValues(text)
		if err != nil {
			t.Fatal(err)
		}
		at, err := v.chooser()
		if err != nil {
			t.Fatal(err)
		}
		var seen []string
		before := -1e9
		for i := range 1000 {
			got := at(float64(i) / 1000)
			if q, ok := ParseQuantity(got); ok {
				if q.Value < before {
					t.Errorf("%s: %v after %v", text, q.Value, before)
				}
				before = q.Value
				if r, single := v.Range(); single && (q.Value < r.From.Value || q.Value > r.To.Value) {
					t.Errorf("%s: %s is outside", text, got)
				}
			}
			seen = append(seen, got)
		}
		want := map[string]int{"4..12": 9, "log 1..64": 64, "a,b,c": 3, "10..20 in 3": 3}[text]
		if n := len(slices.Compact(seen)); want > 0 && n != want {
			t.Errorf("%s: %d different values, want %d", text, n, want)
		}
	}
}

func FuzzValues(f *testing.F) {
	for _, seed := range []string{"4,6,8", "log 0.1..10 in 7", "50ms..1s by 50ms", "{a: [1, 2]},'x,y'", "1h30m..3h by 30m", "-1..1 in 3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := ParseValues(text)
		if err != nil {
			var place *dist.Error
			if !errors.As(err, &place) || place.Offset < 0 || place.Offset > len(text) {
				t.Fatalf("%q: error %v has no place in the text", text, err)
			}
			return
		}
		list, err := v.List()
		if err != nil || len(list) > 2000 {
			return
		}
		again, err := ParseValues(strings.Join(list, ","))
		if err != nil {
			t.Fatalf("%q gives %q, which does not read back: %v", text, list, err)
		}
		if back, err := again.List(); err != nil || !slices.Equal(back, list) {
			t.Fatalf("%q gives %q, which reads back as %q, %v", text, list, back, err)
		}
	})
}
