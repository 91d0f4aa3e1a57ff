//go:build linux

package attempts

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestMain lets many tests run at once: those of real programs wait most of the time.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "12"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// The installed nginx and HAProxy do what the rows say.
func TestLive(t *testing.T) {
	programs := map[string]string{"haproxy": program(t, "haproxy", "-v", "version 2.6."), "nginx": program(t, "nginx", "-v", "1.22.")}
	rows := slices.Concat(deadServer, inService, silence)
	for i, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			var wrong []string
			for try := range 3 { // on a busy machine times are late now and then
				said := r.live(t, where{i + try*len(rows)}, programs[r.product])
				if said == "" {
					return
				}
				wrong = append(wrong, said)
			}
			t.Error(strings.Join(wrong, "\n"))
		})
	}
}

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
	if err != nil || !must && !strings.Contains(first, version) {
		give("%s is not %s: %v: %s", path, version, err, first)
	}
	return path
}

// backend is a server that can be in trouble.
type backend struct {
	name   string
	listen net.Listener
	row    *row

	sync.Mutex
	conns   []net.Conn
	trouble bool // the next request meets it
}

func (r *row) start(t *testing.T, w where, i int) *backend {
	t.Helper()
	l, err := net.Listen("tcp", w.server(i))
	if err != nil {
		t.Fatal(err)
	}
	b := &backend{name: fmt.Sprintf("s%d", i), listen: l, row: r}
	t.Cleanup(b.die)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			b.Lock()
			b.conns = append(b.conns, c)
			b.Unlock()
			go b.serve(c)
		}
	}()
	return b
}

// serve answers the requests of a connection with the server's name.
func (b *backend) serve(c net.Conn) {
	in := bufio.NewReader(c)
	for {
		q, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		io.Copy(io.Discard, q.Body)
		b.Lock()
		trouble := b.trouble
		b.Unlock()
		switch {
		case trouble && b.row.trouble == dies:
			time.Sleep(time.Duration(dieAfter * float64(time.Second)))
			b.die()
			return
		case trouble:
			time.Sleep(5 * time.Second)
		}
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(b.name), b.name)
	}
}

// die closes the port and resets all connections, as the end of a process does.
func (b *backend) die() {
	b.listen.Close()
	b.Lock()
	defer b.Unlock()
	for _, c := range b.conns {
		if tcp, ok := c.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
		c.Close()
	}
}

// user is a client with its address, its connection and its cookie.
type user struct {
	from   int
	conn   net.Conn
	in     *bufio.Reader
	cookie string
}

// fate is what became of a request.
type fate struct {
	status int // 0: the connection was closed without an answer
	after  float64
	server string
}

// ask sends a request over the user's connection, which is opened first if there is none.
func (u *user) ask(t *testing.T, w where, post bool) fate {
	t.Helper()
	if u.conn == nil {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: client(u.from).AsSlice()}}
		c, err := d.Dial("tcp", w.balancer())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		u.conn, u.in = c, bufio.NewReader(c)
	}
	method, body := "GET", ""
	if post {
		method, body = "POST", "Content-Length: 1\r\n"
	}
	text := method + " / HTTP/1.1\r\nHost: x\r\n" + u.cookie + body + "\r\n"
	if post {
		text += "x"
	}
	u.conn.SetDeadline(time.Now().Add(15 * time.Second))
	begin := time.Now()
	if _, err := io.WriteString(u.conn, text); err != nil {
		t.Fatal(err)
	}
	a, err := http.ReadResponse(u.in, nil)
	after := time.Since(begin).Seconds()
	if err != nil {
		return fate{after: after}
	}
	defer a.Body.Close()
	said, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	if set, _, _ := strings.Cut(a.Header.Get("Set-Cookie"), ";"); set != "" {
		u.cookie = "Cookie: " + set + "\r\n"
	}
	if a.Close {
		u.conn = nil
	}
	return fate{a.StatusCode, after, string(said)}
}

// nginxHead is what surrounds a row's configuration.
const nginxHead = `daemon off; master_process off; worker_processes 1; pid nginx.pid; error_log stderr crit;
events { worker_connections 256; }
http {
access_log off; client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
`

// startBalancer starts the real program with the row's configuration, and waits until it listens.
func (r *row) startBalancer(t *testing.T, w where, path string) {
	t.Helper()
	dir := t.TempDir()
	text, args := r.config(w), []string{"-db", "-f", "config"}
	if r.product == "nginx" {
		text, args = nginxHead+text+"}\n", []string{"-p", dir + "/", "-c", "config"}
	}
	if err := os.WriteFile(filepath.Join(dir, "config"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for range 1000 {
		if c, err := net.Dial("tcp", w.balancer()); err == nil {
			c.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it does not listen")
}

// live lets the real program meet the row's trouble, and says what differs from the row.
func (r *row) live(t *testing.T, w where, path string) string {
	servers := make([]*backend, r.servers)
	for i := range servers {
		servers[i] = r.start(t, w, i+1)
	}
	r.startBalancer(t, w, path)
	victim := servers[r.victim-1]
	var asking []*user
	if r.trouble == refuses {
		for n := range 16 {
			u := &user{from: n}
			if f := u.ask(t, w, false); !r.bound || f.server == victim.name {
				asking = append(asking, u)
			}
		}
		victim.die()
		time.Sleep(200 * time.Millisecond) // for the balancer to see its idle connections end
		if r.bound {
			asking = asking[:min(len(asking), 1)] // nginx shuns the server after the first
		}
	} else {
		u := &user{}
		asking = []*user{u}
		if r.later {
			u.ask(t, w, false)
		}
		victim.Lock()
		victim.trouble = true
		victim.Unlock()
	}
	if len(asking) == 0 {
		t.Fatal("no client is bound to the victim")
	}
	return r.differs(r.worst(t, w, asking), victim)
}

// worst lets all ask at once, each on a new connection unless one request alone matters, and returns the fate of one
// that met the victim: the one that failed or waited longest.
func (r *row) worst(t *testing.T, w where, asking []*user) fate {
	fates := make([]fate, len(asking))
	var wait sync.WaitGroup
	for i, u := range asking {
		if r.trouble == refuses {
			u.conn = nil
		}
		wait.Go(func() { fates[i] = u.ask(t, w, r.post) })
	}
	wait.Wait()
	return slices.MaxFunc(fates, func(a, b fate) int {
		if good := a.status == 200; good != (b.status == 200) {
			if good {
				return -1
			}
			return 1
		}
		return int(1000 * (a.after - b.after))
	})
}

// differs says how what happened differs from the row; empty where it does not.
func (r *row) differs(got fate, victim *backend) string {
	const slack = 0.4 // of a busy machine
	elsewhere := got.status == 200 && got.server != victim.name
	if got.status == r.status && got.after > r.after-0.05 && got.after < r.after+slack && elsewhere == r.elsewhere {
		return ""
	}
	return fmt.Sprintf("status %d after %.2f s, answered by another server: %t; want %d after %g s, %t", got.status, got.after, elsewhere, r.status, r.after, r.elsewhere)
}
