// Package faults reads recordings of machines that failed or were preempted and turns them into timeline entries:
// failure logs (LANL's of 1996-2005, and others with its columns) into crashes with their repair times, traces of spot
// instances into preemptions.
//
// Recordings may be gzipped. They are untrusted: at most [MaxBytes] are read, unusable rows are counted
// and the first is reported, and only a recording without a usable row is an error.
//
// Floor 4.
package faults

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"

	"stickysim/sim"
)

// Limits of a recording, after unpacking.
const (
	MaxBytes = 64 << 20
	MaxRows  = 1_000_000
)

// Window is the part of a recording that is replayed, and its speed.
type Window struct {
	From, Until sim.Time // since the start of the recording; Until 0 = its end
	Speed       float64  // recorded seconds per simulated second; 0 = 1
}

// at is the instant of the run at which t happens, and whether it is within the window.
func (w Window) at(t sim.Time) (sim.Time, bool) {
	return w.scale(t - w.From), t >= w.From && (w.Until == 0 || t < w.Until)
}

func (w Window) scale(t sim.Time) sim.Time {
	if w.Speed == 0 {
		return t
	}
	return sim.Time(float64(t) / w.Speed)
}

// Bad counts the rows that could not be used.
type Bad struct {
	Total int
	First string // "row 17: down time: must be minutes, got \"?\""; empty when there are none
}

func (b *Bad) add(row int, err error) {
	if b.Total++; b.Total == 1 {
		b.First = fmt.Sprintf("row %d: %v", row, err)
	}
}

// String is for a warning.
func (b Bad) String() string {
	return fmt.Sprintf("%d rows cannot be used; the first: %s", b.Total, b.First)
}

// unpack decompresses gzip, which it detects by the first bytes, and bounds what is read.
func unpack(r io.Reader) (io.Reader, error) {
	in := bufio.NewReader(r)
	if magic, _ := in.Peek(2); len(magic) < 2 || magic[0] != 0x1f || magic[1] != 0x8b {
		return &bounded{in, MaxBytes}, nil
	}
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	return &bounded{z, MaxBytes}, nil
}

// bounded is a reader that fails after left bytes; io.LimitReader would only end.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("has more than %d MiB", MaxBytes>>20)
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

func clip(s string) string {
	if len(s) > 40 {
		s = s[:40]
	}
	return fmt.Sprintf("%q", s)
}
