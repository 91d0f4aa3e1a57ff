//go:build linux

package live

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stickysim/scenarios/importer"
	_ "stickysim/scenarios/importer/haproxy"
	"stickysim/scenarios/importer/ir"
	_ "stickysim/scenarios/importer/nginx"
)

const (
	requestsEach = 40
	maxReports   = 8 // differences that are printed
)

// trials is how many random configurations are tried: fewer where they are one test of many.
func trials() int {
	if os.Getenv("STICKYSIM_LIVE") != "" {
		return 250
	}
	return 60
}

// TestLiveNginx holds what is imported from random nginx configurations to nginx itself.
func TestLiveNginx(t *testing.T) {
	t.Parallel()
	path := program(t, "nginx", "-v", "1.22.")
	dir, seed := folder(t), seed(t)
	f := newFleet(t, dir, seed)
	var list []*trial
	config := nginxHead
	for n := range trials() {
		x := nginxTrial(newDraw(seed, n), f, n, seed)
		list, config = append(list, x), config+x.config
	}
	config += "}\n"
	write(t, dir, "nginx.conf", config)
	imported, err := importer.Import(importer.File("nginx.conf", []byte(config)), "nginx", "nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	run(t, dir, "nginx.sock", path, "-p", dir+"/", "-c", "nginx.conf")
	playAll(t, list, f, imported, filepath.Join(dir, "nginx.sock"), nil)
}

// TestLiveHAProxy does so with HAProxy.
func TestLiveHAProxy(t *testing.T) {
	t.Parallel()
	path := program(t, "haproxy", "-v", "version 2.6.")
	dir, seed := folder(t), seed(t)
	f := newFleet(t, dir, seed)
	var list []*trial
	config := haproxyHead
	for n := range trials() {
		x := haproxyTrial(newDraw(seed, n), f, n, seed)
		list, config = append(list, x), config+x.config
	}
	write(t, dir, "haproxy.cfg", config)
	imported, err := importer.Import(importer.File("haproxy.cfg", []byte(config)), "haproxy", "haproxy.cfg")
	if err != nil {
		t.Fatal(err)
	}
	run(t, dir, "haproxy.sock", path, "-db", "-f", "haproxy.cfg")
	playAll(t, list, f, imported, filepath.Join(dir, "haproxy.sock"), func(line string) error {
		said, err := command(filepath.Join(dir, "admin.sock"), line)
		if err == nil && said != "" {
			err = errors.New(said)
		}
		return err
	})
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// playAll plays every trial and compares. It continues after a difference, up to maxReports.
func playAll(t *testing.T, list []*trial, f *fleet, imported *ir.Config, socket string, admin func(string) error) {
	t.Helper()
	pools := map[string]ir.Pool{}
	for _, p := range imported.Pools {
		pools[p.Name] = p
	}
	begin := time.Now()
	requests, different := 0, 0
	for _, x := range list {
		p, ok := pools[x.name]
		if !ok {
			t.Fatalf("%s was not imported:\n%s", x.name, x.config)
		}
		r, err := x.play(&client{path: socket}, f, admin)
		if err != nil {
			t.Fatalf("%s: %v\n%s", x.name, err, x.config)
		}
		n, same := x.compare(t, r, f, imported.Product, p)
		if requests += n; !same {
			different++
		}
		if different == maxReports {
			t.Fatalf("%d configurations differ; the rest was not tried", different)
		}
	}
	t.Logf("%s: %d configurations, %d requests, %d configurations differ, %s", strings.ToLower(imported.Product), len(list),
		requests, different, time.Since(begin).Round(time.Millisecond))
}
