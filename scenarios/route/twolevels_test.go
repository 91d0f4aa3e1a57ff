package route

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"stickysim/scenarios/importer"
)

// traced is what the first pool of a configuration answers to a trace: the columns server and cookie_out of each line.
func traced(t *testing.T, file, in string) (servers, cookies []string) {
	t.Helper()
	data, err := os.ReadFile("testdata/configs/" + file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := importer.Import(importer.File(file, data), "", file)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Trace(&out, strings.NewReader(in), FromPool(c.Product, c.Pools[0]), Changes{}); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		servers, cookies = append(servers, line[len(line)-3]), append(cookies, line[len(line)-1])
	}
	return servers, cookies
}

// visits is a trace in which clients send in random order.
func visits(clients, n int) (in string, who []int) {
	draw := rand.New(rand.NewPCG(1, 2))
	text := strings.Builder{}
	text.WriteString("op,key\n")
	for range n {
		c := draw.IntN(clients)
		who = append(who, c)
		fmt.Fprintf(&text, "creq,c%d\n", c)
	}
	return text.String(), who
}

// A weighted service's cookie keeps a client with one of its services. Whether it stays on a server there is up to that
// service: without a cookie of its own 2 of 3 requests go to another server than the client's last.
func TestTwoLevels(t *testing.T) {
	in, who := visits(50, 6000)
	for file, want := range map[string]float64{"traefik-wrr.yml": 0, "traefik-wrr-inner-rr.yml": 2. / 3} {
		servers, cookies := traced(t, file, in)
		last, set := map[int]string{}, map[int]int{}
		again, elsewhere := 0., 0.
		for i, s := range servers {
			if cookies[i] != "" {
				set[who[i]]++
			}
			before, known := last[who[i]]
			last[who[i]] = s
			if !known {
				continue
			}
			if stable := "10.0.0."; strings.HasPrefix(s, stable) != strings.HasPrefix(before, stable) {
				t.Fatalf("%s: client %d went from %s to %s, of another service", file, who[i], before, s)
			}
			if !strings.HasPrefix(s, "10.0.0.") {
				continue // a service of one server
			}
			if again++; s != before {
				elsewhere++
			}
		}
		if got := elsewhere / again; want == 0 && got != 0 || math.Abs(got-want) > 5*math.Sqrt(want*(1-want)/again) {
			t.Errorf("%s: %.3f of the requests went to another server, want %.3f", file, got, want)
		}
		for c, n := range set {
			if n != 1 {
				t.Errorf("%s: client %d was given a cookie %d times", file, c, n)
			}
		}
		if want == 0 && len(set) < 40 || want > 0 && len(set) > 0 {
			t.Errorf("%s: %d clients were given a cookie with a text", file, len(set))
		}
	}
}

// The cookie of an inner service is read as its product writes it, beside the mark of the weighted service.
func TestInnerCookiesAreRead(t *testing.T) {
	first, cookies := traced(t, "traefik-wrr.yml", "op,key\ncreq,a\ncreq,b\n")
	value := func(i int) string { text, _, _ := strings.Cut(cookies[i], ";"); return text }
	if !strings.HasPrefix(value(0), "srv=") || value(0) == value(1) {
		t.Fatalf("cookies %q", cookies)
	}
	in := fmt.Sprintf("op,key,cookie_in\ncreq,a,\ncreq,b,\ncreq,a,%s\ncreq,a,%s\ncreq,a,srv=unknown\n", value(1), value(0))
	servers, set := traced(t, "traefik-wrr.yml", in)
	if servers[2] != first[1] || servers[3] != first[0] {
		t.Errorf("cookies of %v led to %v", first, servers[2:])
	}
	if set[2] != "" || set[3] != "" || set[4] == "" {
		t.Errorf("cookies set: %q", set)
	}
}
