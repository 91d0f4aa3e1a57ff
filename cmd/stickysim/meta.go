package main

import (
	"os"
	"runtime"
	"strings"
	"time"

	"stickysim/reports/outdir"
	"stickysim/sim/experiment"
)

// stopwatch remembers when a study was started and by which command.
type stopwatch struct {
	command string
	begun   time.Time
}

func startWatch(args []string) stopwatch {
	return stopwatch{strings.Join(append([]string{"stickysim"}, args...), " "), time.Now()}
}

// meta is what a result does not depend on: the machine, the clock, the version.
func (w stopwatch) meta(jobs int, r *experiment.Result) outdir.Meta {
	events := int64(0)
	for i := range r.Variants {
		events += r.Variants[i].Events
	}
	return w.metaOf(jobs, events)
}

// metaOf is meta for so many simulated events.
func (w stopwatch) metaOf(jobs int, events int64) outdir.Meta {
	if jobs == 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	m := outdir.Meta{
		Command: w.command, Version: version(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Jobs: jobs, Started: w.begun.UTC().Format(time.RFC3339), Seconds: time.Since(w.begun).Seconds(), Events: events,
	}
	m.Host, _ = os.Hostname() // left out if the machine has no name
	return m
}
