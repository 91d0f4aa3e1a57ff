package accesslog

import "bytes"

// sampleLines is how much of a log decides about its format, and whether it is an access log at all.
const sampleLines = 1000

// detect picks the named format that reads most lines of the sample. When none reads any, combined stays, and its
// complaints explain why.
func detect(sample []byte) parser {
	var best parser
	most := 0
	for _, name := range []string{"combined", "vhost_combined", "haproxy", "caddy"} {
		p, err := compile(name)
		if err != nil {
			panic(err) // our own format strings
		}
		n := readable(p, sample)
		if name == "vhost_combined" {
			n *= 2 // combined reads these lines too, but takes the host for the client
		}
		if best == nil || n > most {
			best, most = p, n
		}
	}
	return best
}

// readable counts the lines of the sample that p can read.
func readable(p parser, sample []byte) int {
	var l line
	n := 0
	for i := 0; i < sampleLines && len(sample) > 0; i++ {
		text, rest, _ := bytes.Cut(sample, []byte("\n"))
		sample = rest
		if p.parse(bytes.TrimSuffix(text, []byte("\r")), &l).reason == reasonNone {
			n++
		}
	}
	return n
}
