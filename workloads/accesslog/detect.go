package accesslog

import "bytes"

const (
	sampleLines = 1000 // of a log decide whether it is an access log at all
	formatLines = 250  // decide about its format
)

// detect finds how to read a log: the format that reads most lines of the sample, and what the lines are wrapped in. With a
// format given, only the wrapping is looked for. When no format reads any line, combined stays, and its complaints explain why.
func detect(sample []byte, given string) (parser, *wrapping, error) {
	var candidates []named
	if given == "" {
		candidates = known
	} else {
		if _, err := compile(given); err != nil {
			return nil, nil, err
		}
		candidates = []named{{given, "", func() parser { p, _ := compile(given); return p }}}
	}
	lines := sampled(sample)
	best, most := "", 0
	var layers, wrapped []wrapper
	for depth := 0; ; depth++ {
		if name, n := readBest(candidates, lines); n > most {
			best, most, wrapped = name, n, layers
		}
		if depth == deepest {
			break
		}
		one, inside := unwrapMost(lines)
		if one == nil {
			break
		}
		layers, lines = append(layers[:len(layers):len(layers)], *one), inside
	}
	if best == "" {
		best = given
		if given == "" {
			best = "combined"
		}
	}
	p, err := compile(best)
	return p, &wrapping{layers: wrapped}, err
}

// sampled are the lines of the sample, without blank ones.
func sampled(sample []byte) [][]byte {
	var lines [][]byte
	for len(lines) < formatLines && len(sample) > 0 {
		text, rest, _ := bytes.Cut(sample, []byte("\n"))
		sample = rest
		if text = bytes.TrimSuffix(text, []byte("\r")); len(bytes.TrimSpace(text)) > 0 {
			lines = append(lines, text)
		}
	}
	return lines
}

// readBest picks the first of formats that reads at least half as many lines as the one that reads most.
func readBest(formats []named, lines [][]byte) (name string, n int) {
	counts := make([]int, len(formats))
	most := 0
	for i, f := range formats {
		counts[i] = readable(f.parser(), lines)
		most = max(most, counts[i])
	}
	for i, f := range formats {
		if 2*counts[i] > most {
			return f.name, most
		}
	}
	return "", 0
}

// readable counts the lines that p can read to their end.
func readable(p parser, lines [][]byte) int {
	var l line
	n := 0
	for _, text := range lines {
		if p.parse(text, &l).reason == reasonNone && !l.plain {
			n++
		}
	}
	return n
}

// unwrapMost finds the wrapper that more than half of lines are in, and strips it.
func unwrapMost(lines [][]byte) (best *wrapper, inside [][]byte) {
	most := len(lines) / 2
	for i := range wrappers {
		w := &wrappers[i]
		stripped, n := make([][]byte, len(lines)), 0
		for j, text := range lines {
			var scratch []byte
			if stripped[j] = w.strip(text, &scratch); stripped[j] != nil {
				n++
			} else {
				stripped[j] = text
			}
		}
		if n > most {
			best, inside, most = w, stripped, n
		}
	}
	return best, inside
}
