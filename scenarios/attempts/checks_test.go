//go:build linux

package attempts

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"stickysim/scenarios/importer"
	"stickysim/sim"
)

// check is a HAProxy server line's health check, and what becomes of the server.
type check struct {
	options string // of the server line
	timeout string // timeout check; empty: none
	silent  bool   // the server accepts and answers nothing; else it refuses
}

var checks = []check{
	{"check inter 1s fall 3", "1s", true},
	{"check inter 1s fall 2", "", true},
	{"check inter 1s fall 3", "1s", false},
	{"check inter 2s fall 2 fastinter 500ms", "1s", false},
}

func (c check) config(w where, dir string) string {
	limit := ""
	if c.timeout != "" {
		limit = "  timeout check " + c.timeout + "\n"
	}
	return "global\n  stats socket " + filepath.Join(dir, "s") + " level admin\ndefaults\n  mode http\n  timeout connect 2s\n  timeout client 9s\n  timeout server 9s\n" + limit +
		"frontend fe\n  bind " + w.balancer() + "\n  default_backend app\nbackend app\n  option httpchk GET /\n  server s1 " + w.server(1) + " " + c.options + "\n"
}

// band is when the simulator marks the server down, in seconds after its trouble, from the earliest to the latest: the phase of
// the next check is anything.
func (c check) band(t *testing.T, text string) (from, to float64) {
	t.Helper()
	imported, err := importer.Import(importer.File("config", []byte(text)), "haproxy", "config")
	if err != nil {
		t.Fatal(err)
	}
	pool, err := importer.Choose(imported, "app")
	if err != nil {
		t.Fatal(err)
	}
	h := pool.Health
	between := h.Interval
	if h.Changing > 0 {
		between = h.Changing
	}
	further := sim.Time(h.Fall-1) * between
	if c.silent {
		further += sim.Time(h.Fall) * h.Timeout
	}
	return further.Seconds(), (further + h.Interval).Seconds()
}

// HAProxy marks a server down when the health check that is imported from its configuration does.
func TestLiveHealthChecks(t *testing.T) {
	path := program(t, "haproxy", "-v", "version 2.6.")
	for i, c := range checks {
		t.Run(c.options+" timeout "+c.timeout, func(t *testing.T) {
			t.Parallel()
			w := where{200 + i}
			dir, err := os.MkdirTemp("", "checks") // t.TempDir is too long for the name of a socket
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.RemoveAll(dir) })
			text := c.config(w, dir)
			r := &row{servers: 1}
			server := r.start(t, w, 1)
			if err := os.WriteFile(filepath.Join(dir, "config"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(path, "-db", "-f", "config")
			cmd.Dir = dir
			cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
			time.Sleep(2500 * time.Millisecond) // for the first checks
			if !isUp(t, dir) {
				t.Fatal("the server is not up at first")
			}
			if c.silent {
				server.Lock()
				server.trouble = true
				server.Unlock()
			} else {
				server.die()
			}
			began := time.Now()
			for isUp(t, dir) && time.Since(began) < 12*time.Second {
				time.Sleep(20 * time.Millisecond)
			}
			const slack = 0.4 // of a busy machine
			from, to := c.band(t, text)
			if after := time.Since(began).Seconds(); after < from-0.05 || after > to+slack {
				t.Errorf("HAProxy marks the server down after %.2f s, the simulator after %.2f to %.2f", after, from, to)
			}
		})
	}
}

// isUp asks HAProxy what it believes of s1.
func isUp(t *testing.T, dir string) bool {
	t.Helper()
	c, err := net.Dial("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "show stat\n")
	for lines := bufio.NewScanner(c); lines.Scan(); {
		if f := strings.Split(lines.Text(), ","); len(f) > 17 && f[0] == "app" && f[1] == "s1" {
			return strings.HasPrefix(f[17], "UP")
		}
	}
	t.Fatal("HAProxy does not list the server")
	return false
}
