package accesslog

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// A log that holds its requests several times, one copy behind the other or line by line, says so; one whose clients repeat
// themselves within a second of the clock does not.
func TestCopies(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	made := func(n, perSecond, clients, pages int) []string {
		lines := make([]string, n)
		for i := range lines {
			second := i / perSecond
			lines[i] = fmt.Sprintf("10.0.0.%d - - [05/Mar/2024:10:%02d:%02d +0000] \"GET /%d HTTP/1.1\" 200 1\n", random.IntN(clients), second/60, second%60, random.IntN(pages))
		}
		return lines
	}
	each := func(lines []string, times int) (all []string) {
		for _, l := range lines {
			all = append(all, strings.Repeat(l, times))
		}
		return all
	}
	varied, hammered, long := made(600, 3, 30, 500), made(600, 10, 1, 1), made(asSample*3, 200, 200, 50)
	for i := range hammered {
		if random.IntN(4) == 0 {
			hammered[i] = ""
		}
	}
	for name, test := range map[string]struct {
		lines []string
		want  int
	}{
		"once": {varied, 0}, "behind itself": {append(varied[:len(varied):len(varied)], varied...), 2}, "each line thrice": {each(varied, 3), 3}, "four times": {each(varied, 4), 4},
		"half of it twice": {append(varied[:len(varied):len(varied)], varied[:300]...), 2}, "a fifth of it twice": {append(varied[:len(varied):len(varied)], varied[:120]...), 0},
		"one client and one page": {hammered, 0}, "one page, ten times a second": {made(600, 10, 1, 1), 0}, "few": {each(varied[:6], 2), 0},
		"long": {long, 0}, "long, twice": {append(long[:len(long):len(long)], long...), 2},
	} {
		log, err := Read(strings.NewReader(strings.Join(test.lines, "")), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if log.Stats.Copies != test.want {
			t.Errorf("%s: %d copies, want %d", name, log.Stats.Copies, test.want)
		}
	}
}
