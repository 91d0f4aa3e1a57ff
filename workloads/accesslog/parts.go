package accesslog

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
)

// Part is a file of a log.
type Part struct {
	Name string
	Open func() (io.ReadCloser, error) // called twice where the log has several parts
}

// inOrder sorts the parts of a log by their first requests; those without one come last.
func inOrder(parts []Part, o Options) ([]Part, error) {
	if len(parts) < 2 {
		return parts, nil
	}
	first := make([]int64, len(parts))
	order := make([]int, len(parts))
	for i, p := range parts {
		var err error
		if first[i], err = p.first(o); err != nil {
			return nil, err
		}
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(first[a], first[b]) })
	sorted := make([]Part, len(parts))
	for i, from := range order {
		sorted[i] = parts[from]
	}
	return sorted, nil
}

// first is when the first request of a part was logged.
func (p Part) first(o Options) (int64, error) {
	f, err := p.Open()
	if err != nil {
		return 0, err
	}
	defer f.Close()
	in, err := open(f, o.MaxLine, headSize)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", p.Name, err)
	}
	sample := in.sample()
	how, wrapped, err := detect(sample, o.Format)
	if err != nil {
		return 0, err
	}
	var l line
	for _, text := range sampled(sample) {
		if inside, begins := wrapped.unwrap(text); !begins && how.parse(inside, &l).reason == reasonNone {
			return l.at, nil
		}
	}
	return math.MaxInt64, nil
}

// Joined is the text of a log's parts, in the order of their first requests.
func Joined(parts []Part) (io.ReadCloser, error) {
	parts, err := inOrder(parts, Options{MaxLine: 64 << 10})
	if err != nil {
		return nil, err
	}
	j := &joint{}
	var all []io.Reader
	for _, p := range parts {
		f, err := p.Open()
		if err != nil {
			return nil, cmp.Or(err, j.Close())
		}
		j.open = append(j.open, f)
		in, err := open(f, lineLimit, headSize)
		if err != nil {
			return nil, cmp.Or(fmt.Errorf("%s: %w", p.Name, err), j.Close())
		}
		all = append(all, in.r)
	}
	j.Reader = io.MultiReader(all...)
	return j, nil
}

// joint is several open files, read one after the other.
type joint struct {
	io.Reader
	open []io.ReadCloser
}

// Close closes all of them.
func (j *joint) Close() error {
	var first error
	for _, f := range j.open {
		first = cmp.Or(first, f.Close())
	}
	return first
}
