package outdir

import (
	"crypto/rand"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"stickysim/sim/lazy"
)

// A temporary name is .NAME.HOST-PROCESS-RUN-CHANCE.stickysim.tmp: of result.json, .result.json.9f3a01c2-4711-k3q7wxab-n2bcx4ta.stickysim.tmp.
// HOST and RUN tell programs apart that have the same number on several machines, or in containers that were started again.
var temporaryName = lazy.Regexp(`^\.(.+)\.([0-9a-f]{8})-([0-9]+)-([0-9a-z]+)-[0-9a-z]+\.stickysim\.tmp$`)

var (
	host    = hostSum()
	process = strconv.Itoa(os.Getpid())
	begun   = strings.ToLower(rand.Text()[:8])
)

func hostSum() string {
	name, _ := os.Hostname() // machines without a name are alike
	h := fnv.New32a()
	h.Write([]byte(name))
	return fmt.Sprintf("%08x", h.Sum32())
}

// nextName is a temporary name for a file.
func nextName(name string) string {
	return fmt.Sprintf(".%s.%s-%s-%s-%s.stickysim.tmp", name, host, process, begun, strings.ToLower(rand.Text()[:8]))
}

// abandoned reports whether a name is that of a temporary file whose program has ended. Of a program on another machine,
// that cannot be known. of is the file that it was to become; empty = any.
func abandoned(name, of string) bool {
	m := temporaryName().FindStringSubmatch(name)
	if m == nil || of != "" && m[1] != of || m[2] != host {
		return false
	}
	if m[3] == process {
		return m[4] != begun
	}
	number, err := strconv.Atoi(m[3])
	if err != nil {
		return false
	}
	p, err := os.FindProcess(number)
	if err != nil {
		return true
	}
	defer p.Release()
	err = p.Signal(syscall.Signal(0))
	return errors.Is(err, os.ErrProcessDone) || errors.Is(err, syscall.ESRCH)
}

// sweep removes what killed programs have left in a directory. of is as in abandoned. A file that another program removes at
// the same time is no error, nor is a directory that may not be listed.
func sweep(dir, of string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if !abandoned(e.Name(), of) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Entries lists a directory without temporary files.
func Entries(dir string) ([]fs.DirEntry, error) {
	entries, err := os.ReadDir(dir)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return temporaryName().MatchString(e.Name()) }), err
}

// Writable tries whether Create can write the file at path, and leaves nothing behind.
func Writable(path string) error {
	real, err := resolve(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(real)
	switch {
	case err == nil && info.IsDir():
		return &fs.PathError{Op: "create", Path: path, Err: syscall.EISDIR}
	case err == nil && !info.Mode().IsRegular():
		return nil
	}
	dir := filepath.Dir(real)
	for {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir {
			break
		}
		dir = filepath.Dir(dir) // made when the file is written
	}
	f, err := temporary(filepath.Join(dir, filepath.Base(real)), 0)
	if err != nil {
		return about(path, err)
	}
	f.Abort()
	return nil
}
