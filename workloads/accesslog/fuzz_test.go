package accesslog

import (
	"strings"
	"testing"
)

// FuzzRead: whatever the bytes, every line is accounted for, records are in order, and no format panics.
func FuzzRead(f *testing.F) {
	formats := []string{"", "combined", "vhost_combined", "haproxy", "caddy", nginxMain, apacheTimed}
	for _, seed := range []string{
		good, good + "x\n" + good,
		"shop:80 " + good,
		`192.0.2.1:33317 [06/Feb/2026:12:14:14.655] web~ app/s1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {x} {} "GET /a HTTP/1.1"`,
		`{"ts":1767319445.5,"request":{"remote_ip":"192.0.2.1","method":"GET","uri":"/a"},"duration":0.25,"status":200}`,
		`192.0.2.1 - - [02/Jan/2026:03:04:05 +0100] "GET /a HTTP/1.1" 200 5 "-" "x" "-" rt=1.250 uct="0.100, - : 0.250" sid=s7`,
		zip(good), "\x00", "\\\"\n",
	} {
		for i := range formats {
			f.Add(seed, uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, text string, format uint8) {
		l, err := Read(strings.NewReader(text), Options{Format: formats[int(format)%len(formats)], MaxLine: 4096})
		if err == nil || l != nil {
			checkInvariants(t, l)
		}
	})
}

// FuzzFormat: whatever the format string, compiling and parsing end without a panic.
func FuzzFormat(f *testing.F) {
	for _, seed := range []string{nginxMain, apacheTimed, combinedFormat, "%", "${", "%{x", "%^", "$$ %%", `log_format x '\`} {
		f.Add(seed, good)
	}
	f.Fuzz(func(t *testing.T, format, text string) {
		if p, err := compile(format); err == nil {
			var l line
			p.parse([]byte(text), &l)
		}
	})
}
