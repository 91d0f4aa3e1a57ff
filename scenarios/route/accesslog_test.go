package route

import (
	"bytes"
	"compress/gzip"
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

// TestLogsOfServers routes logs whose lines do not begin with the client, as text and compressed, and the same clients as a list.
func TestLogsOfServers(t *testing.T) {
	s := Source{Policy: nginx.IPHash{Retrying: nginx.DefaultRetrying()}, Servers: fleet(5), Key: "address", Product: "nginx"}
	want, _, _ := keys(t, s, Options{}, "203.0.113.7\n198.51.100.9\n203.0.113.7\n")
	for format, log := range map[string]string{
		"vhost_combined": `shop.example:443 203.0.113.7 - - [24/Jul/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 612 "-" "curl"
shop.example:443 198.51.100.9 - - [24/Jul/2026:10:00:01 +0000] "GET /a HTTP/1.1" 200 612 "-" "curl"
shop.example:443 203.0.113.7 - - [24/Jul/2026:10:00:02 +0000] "GET /b HTTP/1.1" 200 612 "-" "other"
`,
		"caddy": `{"ts":1782295200.1,"request":{"remote_ip":"203.0.113.7","method":"GET","uri":"/"},"duration":0.01,"status":200}
{"ts":1782295201.1,"request":{"remote_ip":"198.51.100.9","method":"GET","uri":"/"},"duration":0.01,"status":200}
{"ts":1782295202.1,"request":{"remote_ip":"203.0.113.7","method":"GET","uri":"/"},"duration":0.01,"status":200}
`,
	} {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, _ = z.Write([]byte(log))
		_ = z.Close()
		for _, text := range []string{log, packed.String()} {
			if got, sum, err := keys(t, s, Options{}, text); err != nil || got != want || sum.Log != format {
				t.Errorf("%s: %v, format %q, got\n%s\nwant\n%s", format, err, sum.Log, got, want)
			}
		}
		s := s
		s.Key = "uri"
		if _, _, err := keys(t, s, Options{}, log); err == nil {
			t.Errorf("%s: clients stand for URIs", format)
		}
	}
}

// TestCompressedKeys routes a list of keys that is compressed.
func TestCompressedKeys(t *testing.T) {
	s := Source{Policy: nginx.IPHash{Retrying: nginx.DefaultRetrying()}, Servers: fleet(5), Key: "address", Product: "nginx"}
	list := "203.0.113.7\n198.51.100.9\n"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(list))
	_ = z.Close()
	want, _, _ := keys(t, s, Options{}, list)
	if got, _, err := keys(t, s, Options{}, packed.String()); err != nil || got != want {
		t.Errorf("%v, got\n%s\nwant\n%s", err, got, want)
	}
}
