package faults

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// Spot is a recorded history of spot instances: machines that are added and preempted.
type Spot struct {
	Events []SpotEvent // by time
	Format string      // "events", "hours" or "clock"
	Rows   int
	Bad    Bad
}

// SpotEvent is the addition or preemption of an instance. Node numbers the instances in the order of their addition.
type SpotEvent struct {
	At   sim.Time // since the first row
	Node int
	Gone bool
}

// Limits that bound the time to follow a trace.
const (
	maxInstances = 10_000 // at a time
	maxEvents    = 200_000
)

// ReadSpot reads a trace of spot instances, in one of the three formats of the Bamboo project's traces:
//
//	60000,remove,node7             milliseconds, add or remove, instance
//	0.181,16                       hours, running instances
//	2021-12-10, 13:08:45, 80       date, time, running instances
//
// In a format with only numbers of instances, the preempted instance is drawn at random, with the same result in every
// run. A row with an earlier time than the row before, as from clocks of several observers, counts as simultaneous.
//
// Source of the format: github.com/uclasystem/bamboo, traces/ and doc/data/.
func ReadSpot(r io.Reader) (*Spot, error) {
	in, err := unpack(r)
	if err != nil {
		return nil, err
	}
	b := spotBuilder{names: map[string]int{}}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		if b.Rows++; b.Rows > MaxRows {
			return nil, fmt.Errorf("has more than %d rows", MaxRows)
		}
		if err := b.row(strings.Split(text, ",")); err != nil {
			b.Bad.add(b.Rows, err)
		}
		if len(b.Events) > maxEvents {
			return nil, fmt.Errorf("has more than %d additions and removals", maxEvents)
		}
	}
	switch err := lines.Err(); {
	case err != nil:
		return nil, err
	case len(b.Events) == 0 && b.Bad.Total > 0:
		return nil, errors.New("is no trace of spot instances: " + b.Bad.String())
	case len(b.Events) == 0:
		return nil, errors.New("has no instances")
	}
	return &b.Spot, nil
}

type spotBuilder struct {
	Spot
	began, now sim.Time
	some       bool // a time has been read
	alive      []int
	names      map[string]int // instances that run, by name
	came       int
}

// row adds what a row says. The first row that can be read settles the format.
func (b *spotBuilder) row(cells []string) error {
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	format := ""
	switch {
	case len(cells) == 2:
		format = "hours"
	case len(cells) == 3 && (cells[1] == "add" || cells[1] == "remove"):
		format = "events"
	case len(cells) == 3:
		format = "clock"
	}
	if format == "" || b.Format != "" && b.Format != format {
		return fmt.Errorf("must be milliseconds,add|remove,instance or hours,count or date,time,count, got %s", clip(strings.Join(cells, ",")))
	}
	if format == "events" && (cells[2] == "" || len(cells[2]) > 200) {
		return errors.New("has no instance")
	}
	n := 0
	if format != "events" {
		var err error
		if n, err = strconv.Atoi(cells[len(cells)-1]); err != nil || n < 0 || n > maxInstances {
			return fmt.Errorf("count: must be a number from 0 to %d, got %s", maxInstances, clip(cells[len(cells)-1]))
		}
	}
	at, err := instant(format, cells)
	if err != nil {
		return err
	}
	if !b.some {
		b.began, b.some, b.Format = at, true, format
	}
	b.now = max(b.now, at-b.began)
	if format == "events" {
		return b.named(cells[1] == "remove", cells[2])
	}
	for len(b.alive) < n {
		b.add()
	}
	for len(b.alive) > n {
		b.remove(rng.Root(0).Stream("spot").At(uint64(len(b.Events))).IntN(len(b.alive)))
	}
	return nil
}

func instant(format string, cells []string) (sim.Time, error) {
	if format == "clock" {
		t, err := time.Parse("2006-01-02 15:04:05", cells[0]+" "+cells[1])
		if err != nil || t.Year() < 1970 || t.Year() >= 2200 {
			return 0, fmt.Errorf("date and time: must be such as 2021-12-10, 13:08:45, got %s", clip(cells[0]+", "+cells[1]))
		}
		return sim.Time(t.Unix()) * sim.Second, nil
	}
	v, err := strconv.ParseFloat(cells[0], 64)
	seconds := v / 1000
	if format == "hours" {
		seconds = v * 3600
	}
	if err != nil || math.IsNaN(v) || seconds < 0 || seconds > tenYears.Seconds() {
		return 0, fmt.Errorf("time: must be a number from 0, got %s", clip(cells[0]))
	}
	return sim.FromSeconds(seconds), nil
}

// named follows an instance that has a name.
func (b *spotBuilder) named(gone bool, name string) error {
	node, runs := b.names[name]
	switch {
	case gone && !runs:
		return fmt.Errorf("instance %s is removed and was not running", clip(name))
	case !gone && runs:
		return fmt.Errorf("instance %s is added and is running", clip(name))
	case !gone:
		if len(b.alive) == maxInstances {
			return fmt.Errorf("instance %s would be one of more than %d", clip(name), maxInstances)
		}
		b.names[name] = b.add()
		return nil
	}
	delete(b.names, name)
	for i, n := range b.alive {
		if n == node {
			b.remove(i)
			break
		}
	}
	return nil
}

func (b *spotBuilder) add() int {
	b.alive = append(b.alive, b.came)
	b.Events = append(b.Events, SpotEvent{b.now, b.came, false})
	b.came++
	return b.came - 1
}

func (b *spotBuilder) remove(i int) {
	b.Events = append(b.Events, SpotEvent{b.now, b.alive[i], true})
	b.alive = append(b.alive[:i], b.alive[i+1:]...)
}
