package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stickysim/scenarios/importer"
)

// refused carries out a command that cannot succeed: it must say so on one line. One
// that never ends runs into the time limit of the test binary.
func refused(t *testing.T, in io.Reader, want string, args ...string) {
	t.Helper()
	var out, errOut bytes.Buffer
	code := run(context.Background(), in, &out, &errOut, append(args, "-q"))
	text := errOut.String()
	if code != exitUsage || strings.Count(text, "\n") != 1 || len(text) > 1000 || !strings.HasPrefix(text, "stickysim: ") || !strings.Contains(text, want) {
		t.Errorf("%v: exit code %d, want 2 and one line with %q, got %.300q", args, code, want, text)
	}
}

// endless is a line without an end.
type endless byte

func (c endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c)
	}
	return len(p), nil
}

func TestRefusesInvalidConfigurations(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name string, data []byte) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	noise := make([]byte, 1<<16)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	inputs := []string{
		file("empty", nil), file("zeros", make([]byte, 1<<20)), file("noise", noise),
		file("line", bytes.Repeat([]byte("a"), 17<<20)), dir,
	}
	keys := file("keys", []byte("k\n"))
	for _, input := range inputs {
		for _, product := range importer.Products() {
			refused(t, nil, input, "import", input, "--type", product)
		}
	}
	for _, input := range inputs[:4] {
		refused(t, nil, "cannot tell which product", "import", input)
	}
	refused(t, endless('a'), "larger than 16 MiB", "import", "-", "--type", "nginx")
	pool := file("pool.conf", []byte("upstream u { hash $arg_k; server a; server b; }"))
	for _, input := range []string{"--keys", "--trace"} {
		refused(t, endless('a'), "line 1: longer than", "route", pool, input, "-")
	}
	refused(t, nil, "line 1: no column op", "route", pool, "--trace", keys)
	for name, text := range map[string]string{"nginx": "include loop-nginx;", "apache": "Include loop-apache", "lighttpd": `include "loop-lighttpd"`} {
		refused(t, nil, "include loop", "import", file("loop-"+name, []byte(text+"\n")), "--type", name)
	}
}

// Ten thousand upstreams are a configuration like any other, and so are unknown directives.
func TestLargeAndStrangeConfigurations(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "c")
	var many strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&many, "upstream u%d { ip_hash; server 10.0.%d.%d:80; server b:80; }\n", i, i>>8, i&255)
	}
	for _, c := range []struct{ product, text, upstream, remark string }{
		{"nginx", many.String(), "u9999", ""},
		{"nginx", "upstream u { frobnicate 7; server a:80 wibble=3; }\n", "u", ":1: frobnicate"},
		{"haproxy", "backend u\n  frobnicate 7\n  server a a:80 wibble\n", "u", ":2: frobnicate"},
	} {
		if err := os.WriteFile(name, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		yaml, errOut, code := command("import", name, "--type", c.product, "--upstream", c.upstream)
		if code != exitFine || !strings.Contains(yaml, "\nname: "+c.upstream+"\n") || !strings.Contains(errOut, c.remark) {
			t.Errorf("%s: exit code %d, want a scenario of %s and the remark %q, got %.300s", c.product, code, c.upstream, c.remark, errOut)
		}
	}
}

// Real configurations that were cut short, or in which bytes were changed, are imported or refused with a reason.
func TestDamagedConfigurations(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	name := filepath.Join(t.TempDir(), "damaged")
	err := filepath.WalkDir(realConfigs, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, "LICENSE") || strings.HasSuffix(path, ".json") {
			return err
		}
		whole, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		cut := whole[:r.IntN(len(whole))]
		changed := bytes.Clone(whole)
		for range 10 {
			changed[r.IntN(len(changed))] = byte(' ' + r.IntN(95))
		}
		product := filepath.Base(filepath.Dir(path))
		if product == "licenses" {
			return nil
		}
		for what, data := range map[string][]byte{"cut": cut, "changed": changed} {
			if err := os.WriteFile(name, data, 0o600); err != nil {
				return err
			}
			yaml, errOut, code := command("import", name, "--type", product)
			if code == exitFine && yaml != "" || code == exitUsage && strings.Contains(errOut, "stickysim: "+name) {
				continue
			}
			t.Errorf("%s, %s: exit code %d: %.300s", path, what, code, errOut)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
