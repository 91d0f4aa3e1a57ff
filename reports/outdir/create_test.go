package outdir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// write is a file from Create to Commit.
func write(t *testing.T, path, text string) error {
	t.Helper()
	f, err := Create(path)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(f, text); err != nil {
		f.Abort()
		return err
	}
	return f.Commit()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// names are the names in a directory.
func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return strings.Join(list, " ")
}

func TestPermissions(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o027))
	path := filepath.Join(t.TempDir(), "a", "file")
	for _, want := range []fs.FileMode{0o640, 0o604} { // of a new file; of one that has been there
		must(t, write(t, path, "x"))
		info, err := os.Stat(path)
		must(t, err)
		if info.Mode() != want {
			t.Errorf("mode %v, want %v", info.Mode(), want)
		}
		must(t, os.Chmod(path, 0o604))
	}
}

func TestLinks(t *testing.T) {
	dir := t.TempDir()
	for name, to := range map[string]string{"absent": "new", "there": "old", "twice": "there", "loop": "loop", "folder": "."} {
		must(t, os.Symlink(to, filepath.Join(dir, name)))
	}
	must(t, os.WriteFile(filepath.Join(dir, "old"), []byte("old"), 0o600))
	for name, at := range map[string]string{"absent": "new", "there": "old", "twice": "old"} {
		must(t, write(t, filepath.Join(dir, name), name))
		text, err := os.ReadFile(filepath.Join(dir, at))
		if err != nil || string(text) != name {
			t.Errorf("%s: the file at its end holds %q (%v)", name, text, err)
		}
		if info, err := os.Lstat(filepath.Join(dir, name)); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is no link any more", name)
		}
	}
	for name, want := range map[string]error{"loop": syscall.ELOOP, "folder": syscall.EISDIR, "old/x": syscall.ENOTDIR} {
		if err := write(t, filepath.Join(dir, name), ""); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
		if err := Writable(filepath.Join(dir, name)); !errors.Is(err, want) {
			t.Errorf("%s: writable says %v, want %v", name, err, want)
		}
	}
}

// What is no regular file is written to, and stays what it is.
func TestNotRegular(t *testing.T) {
	dir := t.TempDir()
	kind := func(path string) fs.FileMode {
		info, err := os.Lstat(path)
		must(t, err)
		return info.Mode().Type()
	}
	pipe := filepath.Join(dir, "pipe")
	must(t, syscall.Mkfifo(pipe, 0o600))
	if _, err := Create(pipe); !errors.Is(err, ErrNoReader) {
		t.Errorf("a pipe without a reader: %v", err)
	}
	socket := filepath.Join(dir, "socket")
	listener, err := net.Listen("unix", socket)
	must(t, err)
	defer listener.Close()
	got := make(chan string, 1)
	go func() {
		if c, err := listener.Accept(); err == nil {
			text, _ := io.ReadAll(c)
			got <- string(text)
		}
	}()
	reader, err := os.OpenFile(pipe, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	must(t, err)
	defer reader.Close()
	paths := []string{pipe, socket}
	null := filepath.Join(dir, "null")
	if syscall.Mknod(null, syscall.S_IFCHR|0o666, 1<<8|3) == nil { // as root
		paths = append(paths, null)
	}
	for _, path := range paths {
		before := kind(path)
		must(t, write(t, path, "text"))
		if kind(path) != before {
			t.Errorf("%s was replaced", path)
		}
	}
	text := make([]byte, 9)
	if n, err := reader.Read(text); err != nil || string(text[:n]) != "text" {
		t.Errorf("the pipe gave %q (%v)", text[:n], err)
	}
	if text := <-got; text != "text" {
		t.Errorf("the socket gave %q", text)
	}
	if left := names(t, dir); strings.Contains(left, ".tmp") {
		t.Errorf("left: %s", left)
	}
}

// What a killed program has left is removed; what a running one is writing is not, nor is what only looks like it.
func TestLeftovers(t *testing.T) {
	ended := exec.Command("true")
	must(t, ended.Run())
	name := func(of, host string, pid int, run string) string {
		return fmt.Sprintf(".%s.%s-%d-%s-n2bcx4ta.stickysim.tmp", of, host, pid, run)
	}
	dead := ended.Process.Pid
	gone := []string{name("result.json", host, dead, "k3q7wxab"), name("result.json", host, os.Getpid(), "k3q7wxab")}
	kept := []string{name("result.json", host, os.Getpid(), begun), name("result.json", host, os.Getppid(), "k3q7wxab"),
		name("result.json", "00000000", dead, "k3q7wxab"), ".result.json.tmp", name("other.csv", host, dead, "k3q7wxab")}
	for _, whole := range []bool{false, true} { // one file of a directory that is the user's; a directory of ours
		dir := t.TempDir()
		for _, n := range append(gone, kept...) {
			must(t, os.WriteFile(filepath.Join(dir, n), nil, 0o600))
		}
		if whole {
			_, err := Open(dir)
			must(t, err)
		} else {
			must(t, write(t, filepath.Join(dir, "result.json"), "x"))
		}
		left := names(t, dir)
		for _, n := range gone {
			if strings.Contains(left, n) {
				t.Errorf("%s is still there", n)
			}
		}
		for i, n := range kept {
			if whole && i == len(kept)-1 {
				continue
			}
			if !strings.Contains(left, n) {
				t.Errorf("%s was removed", n)
			}
		}
		if entries, err := Entries(dir); err != nil || len(entries) != map[bool]int{false: 2, true: 1}[whole] {
			t.Errorf("entries: %v (%v)", entries, err)
		}
	}
}

// A result removes what an earlier one has left and it lacks, and nothing else.
func TestOtherFilesAreRemoved(t *testing.T) {
	path := t.TempDir()
	dir, err := Open(path)
	must(t, err)
	entry := func(name string) Entry {
		return Entry{name, func(w io.Writer) error { _, err := io.WriteString(w, name); return err }}
	}
	_, err = WriteAll(dir, []Entry{entry("a"), entry("b"), entry("link"), entry("z")}, Meta{})
	must(t, err)
	must(t, os.WriteFile(filepath.Join(path, "mine"), nil, 0o600))
	must(t, os.Remove(filepath.Join(path, "link")))
	must(t, os.Symlink("mine", filepath.Join(path, "link")))
	_, err = WriteAll(dir, []Entry{entry("a"), entry("z")}, Meta{})
	must(t, err)
	if got, want := names(t, path), "a link meta.json mine z"; got != want {
		t.Errorf("the directory holds %s, want %s", got, want)
	}
}

// Only regular files are read, without waiting for another program.
func TestOnlyRegularFilesAreRead(t *testing.T) {
	dir := t.TempDir()
	must(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	must(t, os.Symlink("/dev/zero", filepath.Join(dir, "zero")))
	for name, want := range map[string]string{"pipe": "is a pipe, not a regular file", "zero": "is a device, not a regular file"} {
		if _, err := Files(dir).ReadFile(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}
