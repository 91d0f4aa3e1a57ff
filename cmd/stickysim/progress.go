package main

import (
	"fmt"
	"sync"
	"time"

	"stickysim/sim/diag"
)

// Progress starts after a delay. On a terminal it redraws one line, elsewhere it writes a line at a longer interval.
const (
	startDelay     = time.Second
	redrawInterval = 250 * time.Millisecond
	lineInterval   = 10 * time.Second
)

// progress reports how much of a study is done. It has its own goroutine, since a single replication can take long.
type progress struct {
	streams *streams
	name    string
	started time.Time
	every   time.Duration

	mu          sync.Mutex
	done, total int

	drawn      bool // there is a line on the terminal to clear
	quit, over chan struct{}
}

func (s *streams) follow(name string) *progress {
	p := &progress{streams: s, name: name, started: time.Now(), every: lineInterval, quit: make(chan struct{}), over: make(chan struct{})}
	if s.terminal {
		p.every = redrawInterval
	}
	if s.quiet {
		close(p.over)
		return p
	}
	go p.watch()
	return p
}

// step is experiment.Options.Progress.
func (p *progress) step(done, total int, _ string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.total = done, total
}

// end clears the line and returns when nothing more will be written.
func (p *progress) end() {
	close(p.quit)
	<-p.over
	if p.drawn {
		fmt.Fprint(p.streams.screen, "\r\x1b[K")
	}
}

func (p *progress) watch() {
	defer close(p.over)
	tick := time.NewTicker(p.every)
	defer tick.Stop()
	for {
		select {
		case <-p.quit:
			return
		case now := <-tick.C:
			spent := now.Sub(p.started)
			switch {
			case spent < startDelay:
			case p.streams.terminal:
				fmt.Fprint(p.streams.screen, "\r"+p.line(spent)+"\x1b[K")
				p.drawn = true
			default:
				fmt.Fprintln(p.streams.err, p.line(spent))
			}
		}
	}
}

// line says how much is done, how fast, and how long the rest takes at that rate.
func (p *progress) line(spent time.Duration) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	const width = 40
	name := diag.Clean(p.name)
	if r := []rune(name); len(r) > width {
		name = string(r[:width-1]) + "…"
	}
	if p.done == 0 {
		return fmt.Sprintf("%s: started %s ago", name, spent.Round(time.Second))
	}
	rate := float64(p.done) / spent.Seconds()
	left := time.Duration(float64(p.total-p.done) / rate * float64(time.Second))
	return fmt.Sprintf("%s: %d of %d replications, %.1f/s, about %s left", name, p.done, p.total, rate, left.Round(time.Second))
}
