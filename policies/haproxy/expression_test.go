package haproxy

import (
	"testing"

	"stickysim/policies/replay"
	"stickysim/sim"
)

// Values of a header that is a list, as HAProxy 2.6.12 counts them: empty ones too, and no commas within quotes.
func TestListValue(t *testing.T) {
	for _, c := range []struct {
		list string
		n    int
		want string
		ok   bool
	}{
		{"a", 1, "a", true}, {"a", -1, "a", true}, {"a", 2, "", false}, {"a", -2, "", false}, {"a", 0, "", false},
		{"a, b ,c", 1, "a", true}, {"a, b ,c", 2, "b", true}, {"a, b ,c", -1, "c", true}, {"a, b ,c", -3, "a", true},
		{"a, b ,c", -4, "", false}, {"a, b ,c", 4, "", false},
		{", b", 1, "", true}, {"a,", -1, "", true}, {"a,", -2, "a", true}, {"", 1, "", false}, {"", -1, "", false},
		{`"a,b", c`, 1, `"a,b"`, true}, {`"a\",b", c`, -1, "c", true}, {`"a,b`, -1, `"a,b`, true},
	} {
		if got, ok := listValue([]byte(c.list), c.n); string(got) != c.want || ok != c.ok {
			t.Errorf("value %d of %q: %q, %v; want %q, %v", c.n, c.list, got, ok, c.want, c.ok)
		}
	}
}

func TestExpressions(t *testing.T) {
	for text, want := range map[string]string{
		"req.hdr(X)": "c", "hdr(X,1)": "a", "hdr(X, -2)": "b", "req.hdr(X),lower": "c", "req.fhdr(X)": "a,b,c",
		"url_param(k)": "a,b,c", "hdr(X,one)": "c",
	} {
		if got, ok := partOf(text)([]byte("a,b,c")); string(got) != want || !ok || IsAddress(text) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"src", "src,ipmask(24)", "hdr_ip(X-Forwarded-For,1)", "req.hdr_ip(X)"} {
		if !IsAddress(text) {
			t.Errorf("%s is an address", text)
		}
	}
}

// serverOf is the server that gets a request with the text.
func serverOf(r *replay.Router, text string) sim.ServerID {
	return r.Request(replay.Key{Text: []byte(text), Addr: sim.Addr4(1)}).Server
}

// balance hdr hashes the first value, and takes turns when that is empty; balance hash req.hdr hashes the last.
func TestHeadersThatAreLists(t *testing.T) {
	one := func(int) int { return 1 }
	first := replay.New(Header{Options: DefaultOptions(), Hashing: DefaultHashing()}, fleet(5, one), 1)
	last := replay.New(Hash{DefaultOptions(), DefaultHashing(), "req.hdr(X)"}, fleet(5, one), 1)
	for _, v := range []string{"a", "b", "c", "d", "e", "f"} {
		if got, want := serverOf(first, v+", proxy"), serverOf(first, v); got != want {
			t.Errorf("hdr: %q with a proxy behind it goes to %d, alone to %d", v, got, want)
		}
		if got, want := serverOf(last, "client, "+v), serverOf(last, v); got != want {
			t.Errorf("hash: %q behind another goes to %d, alone to %d", v, got, want)
		}
	}
	if a, b := serverOf(first, ", x"), serverOf(first, ", x"); a == b {
		t.Errorf("an empty first value went to %d twice, not in turn", a)
	}
}

// An empty value of a header that is there is a key of a stick table.
func TestEmptyValueSticks(t *testing.T) {
	c := StickTable{Options: DefaultOptions(), Hashing: DefaultHashing(), Key: "hdr(X,1)", Type: "string", Size: 10}
	r := replay.New(c, fleet(3, func(int) int { return 1 }), 1)
	if a, b := serverOf(r, ", x"), serverOf(r, ", y"); a != b {
		t.Errorf("went to %d, then to %d", a, b)
	}
	if a, b := serverOf(r, ""), serverOf(r, ""); a == b {
		t.Errorf("without the header, both went to %d", a)
	}
}
