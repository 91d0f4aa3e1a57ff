package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"

	"stickysim/sim/dist"
	"stickysim/sim/experiment"
)

const (
	much      = 1_000_000_000 // bytes of memory that are announced
	spareHeap = 25            // per cent of a large heap that may be garbage
)

// fits is how many jobs of a study fit into memory. A study of which not even one does is refused.
func (o *effort) fits(study *experiment.Study) (jobs int, need int64, err error) {
	n := experiment.Needs(study)
	if jobs = o.jobs; jobs == 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	jobs = n.Jobs(jobs)
	of := func(jobs int) int64 { return n.Of(jobs) * (100 + spareHeap) / 100 }
	most, whose := o.most, "--memory is"
	if most == 0 {
		most, whose = machineMemory(), "this machine has"
	}
	if most <= 0 {
		return jobs, of(jobs), nil
	}
	if of(1) > most {
		return 0, 0, usagef("%s: needs up to about %s of memory, and %s %s. Fewer servers, users or replications, or a shorter log, need less; --memory %dGiB tries it nevertheless",
			study.Name, gigabytes(of(1)), whose, gigabytes(most), of(1)>>30+1)
	}
	for jobs > 1 && of(jobs) > most {
		jobs--
	}
	return jobs, of(jobs), nil
}

// fit is the effort with as many jobs as fit into memory. Much memory is announced, and then kept tight.
func (s *streams) fit(study *experiment.Study, o *effort) (effort, error) {
	jobs, need, err := o.fits(study)
	if err != nil {
		return *o, err
	}
	fitted := *o
	fitted.jobs = jobs
	if need > much {
		s.note("%s: takes up to about %s of memory with %s", study.Name, gigabytes(need), count(jobs, "job"))
		debug.SetGCPercent(spareHeap)
	}
	return fitted, nil
}

// gigabytes is a size for people.
func gigabytes(bytes int64) string { return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30)) }

// readMemory reads --memory.
func (o *effort) readMemory(text string) error {
	v, err := dist.ParseBytes(text)
	if err != nil || v < 1 {
		return usagef("must be a size such as 16GiB, got %q", text)
	}
	o.most = int64(v)
	return nil
}

// machineMemory is the memory of the machine, or of the container that the program runs in; 0 = unknown.
func machineMemory() int64 {
	most := int64(0)
	least := func(v int64) {
		if v > 0 && (most == 0 || v < most) {
			most = v
		}
	}
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		for line := range bytes.Lines(text) {
			if f := bytes.Fields(line); len(f) == 3 && string(f[0]) == "MemTotal:" {
				v, _ := strconv.ParseInt(string(f[1]), 10, 64)
				least(v << 10)
			}
		}
	}
	for _, name := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if text, err := os.ReadFile(name); err == nil {
			v, _ := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64) // "max" is none
			least(v)
		}
	}
	return most
}
