package reports

import "testing"

// Times before the measured part are written as scenarios write them.
func TestSpansOfTheWarmUp(t *testing.T) {
	for seconds, want := range map[float64]string{-10: "-10s", -630: "-10m30s", -86400: "-1d", 0: "0s", 90: "1m30s"} {
		if got := FormatSpan(seconds); got != want {
			t.Errorf("FormatSpan(%g) = %q, want %q", seconds, got, want)
		}
	}
}
