package route

import (
	"testing"

	"stickysim/policies/nginx"
)

// TestAccessLog routes a log in the combined format, and the same clients as a list.
func TestAccessLog(t *testing.T) {
	s := Source{Policy: nginx.IPHash{Retrying: nginx.DefaultRetrying()}, Servers: fleet(5), Key: "address", Product: "nginx"}
	log := `203.0.113.7 - - [24/Jul/2026:10:00:00 +0000] "GET /?key=1 HTTP/1.1" 200 612 "-" "curl, key"
2001:db8::7 - alice [24/Jul/2026:10:00:01 +0000] "GET /\"key\",x HTTP/1.1" 200 1 "-" "-"

 198.51.100.9	rest
`
	got, sum, err := keys(t, s, Options{}, log)
	want, _, _ := keys(t, s, Options{}, "203.0.113.7\n2001:db8::7\r\n198.51.100.9\n")
	if err != nil || got != want || sum.Keys != 3 {
		t.Errorf("%v, %d keys, got\n%s\nwant\n%s", err, sum.Keys, got, want)
	}
}
