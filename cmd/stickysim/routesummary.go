package main

import (
	"io"

	"stickysim/scenarios/route"
)

// most is how many servers a summary lists.
const most = 20

// summarizeRoutes prints on standard error how many keys each server got.
func summarizeRoutes(s *streams, o *RouteOptions, sum *route.Summary) {
	if sum.Log != "" {
		s.note("%s: an access log (%s); the keys are its clients", o.Keys, sum.Log)
	}
	s.note("%s", count(sum.Keys, "request"))
	for i, l := range sum.Servers {
		if i == most {
			s.note("  … %d more servers", len(sum.Servers)-most)
			break
		}
		s.note("  %-24s %d", l.Server, l.Keys)
	}
	if sum.Refused > 0 {
		s.note("  %-24s %d", "not answered", sum.Refused)
	}
	if o.Compare {
		s.note("%d moved, %d of them needlessly", sum.Moved, sum.Needless)
	}
}

// blame makes an error a usage error about the named file, unless writing failed.
func (f *failing) blame(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case f.err != nil:
		return err
	}
	return usagef("%s: %w", name, err)
}

// eof is an empty input.
type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }
