package experiment

import (
	"errors"
	"strings"
	"testing"

	"stickysim/sim"
	"stickysim/sim/diag"
)

// faulty is a policy with a fault.
type faulty struct{}

func (faulty) Pick(*sim.Request, *sim.View) sim.ServerID { return sim.ServerID([]int{}[len("")]) }

// A panic in a replication is an error of the study, on whatever thread it happens.
func TestPanicIsAnError(t *testing.T) {
	m := queue(2, 1, 1, 10)
	m.NewPolicy = func(sim.Env) sim.Balancer { return faulty{} }
	_, err := Run(study(m, 1, 8), Options{Jobs: 4})
	var p *diag.Panic
	if !errors.As(err, &p) || !strings.Contains(p.Error(), "index out of range") || !strings.Contains(p.Where, "panic_test.go:15") {
		t.Errorf("the study ends with %v", err)
	}
}

// So is one while the figures of the alternatives are put together, and it says where it was.
func TestPanicIsPassedOn(t *testing.T) {
	defer func() {
		p := diag.NewPanic(recover())
		if !strings.Contains(p.Error(), "out of range") || !strings.Contains(p.Where, "panic_test.go") {
			t.Errorf("got %v in %s", p, p.Where)
		}
	}()
	x := execution{options: Options{Jobs: 2}}
	x.each(5, func(i int) { _ = make([]int, 3)[i] })
}
