//go:build linux

package live

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// stepTimeout bounds every step that waits for another process.
const stepTimeout = 10 * time.Second

// program returns where the program is. Without it, or with a version other than the one the policies follow, the test
// is skipped, unless STICKYSIM_LIVE=1 says that it must be there.
func program(t *testing.T, name, versionFlag, version string) string {
	t.Helper()
	must := os.Getenv("STICKYSIM_LIVE") == "1"
	give := t.Skipf
	if must {
		give = t.Fatalf
	}
	path, err := exec.LookPath(name)
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/" + name) // not in the path of ordinary users
	}
	if err != nil {
		give("%s is not installed (apt-get install nginx-light haproxy): %v", name, err)
	}
	out, err := exec.Command(path, versionFlag).CombinedOutput()
	first, _, _ := strings.Cut(string(out), "\n")
	if err != nil {
		give("%s %s: %v: %s", path, versionFlag, err, first)
	}
	if !must && !strings.Contains(first, version) {
		t.Skipf("%s is not %s: %s", path, version, first)
	}
	t.Log(first)
	return path
}

// folder is a new short path, since the names of Unix sockets have at most 107 bytes.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "live")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// run starts a program in dir, waits for its Unix socket, and ends it with the test.
func run(t *testing.T, dir, socket string, command ...string) {
	t.Helper()
	var said bytes.Buffer
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &said, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- cmd.Wait() }()
	t.Cleanup(func() {
		select {
		case err := <-over:
			t.Errorf("%s ended by itself: %v", command[0], err)
		default:
			cmd.Process.Kill()
			<-over
		}
		if t.Failed() {
			t.Logf("%s said:\n%s", command[0], clip(said.String()))
		}
	})
	for deadline := time.Now().Add(stepTimeout); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		select {
		case err := <-over:
			over <- err
			t.Fatalf("%s: %v", strings.Join(command, " "), err)
		default:
		}
		if c, err := net.Dial("unix", filepath.Join(dir, socket)); err == nil {
			c.Close()
			return
		}
	}
	t.Fatalf("%s does not listen after %v", command[0], stepTimeout)
}

// clip keeps the end of a long text.
func clip(text string) string {
	const most = 4000
	if len(text) > most {
		return "..." + text[len(text)-most:]
	}
	return text
}
