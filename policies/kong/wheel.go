package kong

import (
	"cmp"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"stickysim/sim"
)

const (
	leastSlots      = 1000
	slotsPerTarget  = 160 // of equal weights
	longestSlotText = 64
)

// target is a target with the host and port that its slots follow from.
type target struct {
	server sim.ServerID
	host   string
	port   string // digits; empty = none
	weight float64
}

func newTarget(s sim.ServerID, i *sim.ServerInfo, weight float64) target {
	text := cmp.Or(i.Addr, i.Name)
	t := target{server: s, host: text, weight: math.Ceil(weight)}
	if at := strings.LastIndexByte(text, ':'); at >= 0 && at+1 < len(text) && strings.Trim(text[at+1:], "0123456789") == "" {
		t.host, t.port = text[:at], text[at+1:]
	}
	if a, err := netip.ParseAddr(strings.Trim(t.host, "[]")); err == nil && a.Is6() {
		t.host = "[" + a.StringExpanded() + "]" // as Kong writes addresses of targets
	}
	return t
}

// targetsOf are the members of v in Kong's order: by host, and then by port.
func targetsOf(v *sim.View) []target {
	all := make([]target, len(v.Members))
	for i, s := range v.Members {
		all[i] = newTarget(s, &v.Servers[s], v.Weight[s])
	}
	return all
}

func same(a, b []target) bool {
	return slices.EqualFunc(a, b, func(a, b target) bool { return a.server == b.server && a.weight == b.weight })
}

// newWheel gives the targets their slots. A slot that is taken makes the target try one text more. Where a target has tried as many
// texts as there are slots, there is no wheel.
func newWheel(slots int, targets []target) (wheel []sim.ServerID, ok bool) {
	total := 0.0
	for _, t := range targets {
		total += t.weight
	}
	wheel = make([]sim.ServerID, slots)
	for i := range wheel {
		wheel[i] = sim.NoServer
	}
	text := make([]byte, 0, longestSlotText)
	for _, t := range inOrder(targets) {
		if t.weight == 0 {
			continue
		}
		entries := max(1, int(math.Floor(t.weight/total*float64(len(targets))*slotsPerTarget)))
		text = append(append(text[:0], t.host...), ':')
		if t.port != "" {
			text = append(append(text, ':'), t.port...)
		}
		text = append(text, ' ')
		for i, stem := 1, len(text); i <= entries; i++ {
			text = strconv.AppendInt(text[:stem], int64(i), 10)
			if at := xxh32(text) % uint32(slots); wheel[at] == sim.NoServer {
				wheel[at] = t.server
			} else {
				entries++
			}
			if i == slots {
				return nil, false
			}
		}
	}
	return wheel, true
}

// inOrder are the targets in the order in which they take slots: by host, and then by port.
func inOrder(targets []target) []target {
	return slices.SortedStableFunc(slices.Values(targets), func(a, b target) int {
		return cmp.Or(strings.Compare(a.host, b.host), cmp.Compare(len(a.port), len(b.port)), strings.Compare(a.port, b.port))
	})
}

// nearest fills in, for each slot, the nearest one at or below it that belongs to a usable target, around the ring. It is empty where
// no target is usable.
func nearest(fill []int32, wheel []sim.ServerID, v *sim.View) []int32 {
	usable := func(s sim.ServerID) bool { return s != sim.NoServer && v.Status[s] == sim.Up }
	last := int32(-1)
	for i := len(wheel) - 1; i >= 0 && last < 0; i-- {
		if usable(wheel[i]) {
			last = int32(i)
		}
	}
	if last < 0 {
		return fill
	}
	for i, s := range wheel {
		if usable(s) {
			last = int32(i)
		}
		fill = append(fill, last)
	}
	return fill
}
