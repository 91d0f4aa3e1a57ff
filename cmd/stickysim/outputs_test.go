package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// No output replaces an input, by whatever name.
func TestInputsAreNoOutputs(t *testing.T) {
	t.Parallel()
	at := in(t, map[string]string{
		"small.yaml": smallScenario, "nginx.conf": "include inner.conf;\n", "inner.conf": "upstream u { ip_hash; server a; server b; }\n",
		"replay.yaml": "duration: 5s\nreplications: 1\nservers: {count: 2}\nworkload: [{replay: access.log, service: exp(5ms)}]\n",
		"access.log":  "10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 2326\n10.0.0.2 - - [10/Oct/2000:13:55:37 -0700] \"GET / HTTP/1.0\" 200 2326\n",
	})
	for _, name := range []string{"small.yaml", "inner.conf", "access.log"} {
		if err := os.Link(at(name), at("hard-"+name)); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(name, at("soft-"+name)); err != nil {
			t.Fatal(err)
		}
	}
	if _, errOut, code := command("run", at("small.yaml"), "-q", "--out", at("saved")); code != exitFine {
		t.Fatal(errOut)
	}
	if err := os.Link(at("small.yaml"), at("saved/metrics.csv.new")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(at("saved/metrics.csv.new"), at("saved/metrics.csv")); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"", "hard-", "soft-"} {
		for _, args := range [][]string{
			{"run", at("small.yaml"), "--events", at(kind + "small.yaml")}, {"run", at("replay.yaml"), "--events", at(kind + "access.log")},
			{"gate", at("small.yaml"), "--junit", at(kind + "small.yaml")}, {"gate", at("small.yaml"), "--markdown", at(kind + "small.yaml")},
			{"import", at("nginx.conf"), "-o", at(kind + "inner.conf")},
			{"run", at("small.yaml"), "--out", at("saved")}, {"cost", at("small.yaml"), "--out", at("saved")},
		} {
			_, errOut, code := command(append(args, "-q")...)
			if code != exitUsage || !strings.Contains(errOut, "is an input of this command") && !strings.Contains(errOut, "holds no cost.json") {
				t.Errorf("%v: exit code %d, want %d: %s", args, code, exitUsage, errOut)
			}
		}
	}
	for name, want := range map[string]string{"small.yaml": smallScenario, "inner.conf": "upstream u { ip_hash; server a; server b; }\n"} {
		if text, err := os.ReadFile(at(name)); err != nil || string(text) != want {
			t.Errorf("%s was changed (%v)", name, err)
		}
	}
}

// Devices, pipes and links as outputs of every command that has them stay what they are.
func TestOutputsThatAreNoFiles(t *testing.T) {
	t.Parallel()
	at := in(t, map[string]string{"small.yaml": smallScenario, "pool.conf": "upstream u { hash $arg_k; server a; server b; }"})
	device := at("null")
	if syscall.Mknod(device, syscall.S_IFCHR|0o666, 1<<8|3) != nil { // not as root
		device = mkfifo(t, at("fifo"))
		reader, err := os.OpenFile(device, os.O_RDWR, 0) // what is written fits into the pipe, but for the schema
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Close()
		go func() { _, _ = reader.WriteTo(new(bytes.Buffer)) }()
	}
	if err := os.Symlink(filepath.Base(device), at("link")); err != nil {
		t.Fatal(err)
	}
	before, err := os.Lstat(device)
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{device, at("link")} {
		for _, args := range [][]string{
			{"run", at("small.yaml"), "--events", target}, {"gate", at("small.yaml"), "--junit", target}, {"gate", at("small.yaml"), "--markdown", target},
			{"import", at("pool.conf"), "-o", target}, {"schema", "-o", target},
		} {
			if _, errOut, code := command(append(args, "-q")...); code != exitFine {
				t.Errorf("%v: exit code %d: %s", args, code, errOut)
			}
			if after, err := os.Lstat(device); err != nil || after.Mode() != before.Mode() {
				t.Fatalf("%v replaced the device", args)
			}
		}
	}
}

// A place that cannot be written is found before anything is simulated, for every output.
func TestOutputsAreTriedFirst(t *testing.T) {
	t.Parallel()
	at := in(t, map[string]string{"endless.yaml": strings.Replace(smallScenario, "duration: 5s", "duration: 10000h", 1), "file": ""})
	endless, below := at("endless.yaml"), at("file/below")
	for _, args := range [][]string{
		{"run", endless, "--events", below}, {"run", endless, "--out", below}, {"run", endless, "--out", below, "--keep-replications=false"},
		{"gate", endless, "--out", below}, {"gate", endless, "--junit", below}, {"gate", endless, "--markdown", below},
		{"cost", endless, "--out", below}, {"sweep", endless, "--set", "servers.count=2,3", "--out", below},
		{"sweep", endless, "--factors", "nat", "--out", below}, {"gate", endless, "--snapshot", below, "--update"},
	} {
		_, errOut, code := command(append(args, "-q")...)
		if code != exitInternal && code != exitUsage || strings.Count(errOut, "\n") != 1 || !strings.Contains(errOut, "not a directory") {
			t.Errorf("%v: exit code %d, want one line: %s", args, code, errOut)
		}
	}
}
