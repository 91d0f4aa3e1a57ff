//go:build linux

package live

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// backend is a small HTTP server that says who it is.
type backend struct {
	name          string
	network, addr string
	texts         []string // how a configuration may write its address
	open          net.Listener
}

// fleet is the servers that all configurations choose from.
type fleet struct {
	backends []*backend
	byText   map[string]*backend
	conns    sync.WaitGroup
}

// Ports lie below those that the kernel hands out, and follow from the seed: rings are made of the texts of addresses.
const (
	ports     = 8_000
	firstPort = 20_000
)

// newFleet starts servers on IPv4, on IPv6 where the machine has it, under names and on Unix sockets in dir.
func newFleet(t *testing.T, dir string, seed uint64) *fleet {
	f := &fleet{byText: map[string]*backend{}}
	port := firstPort + int(seed%ports)
	next := func() int { port++; return port }
	for i := 1; i <= 10; i++ {
		f.start(t, next, "tcp", fmt.Sprintf("127.0.1.%d", i), fmt.Sprintf("127.0.1.%d", i))
	}
	for i := 11; i <= 14; i++ { // names: nginx has the resolver read these, which needs no DNS
		f.start(t, next, "tcp", fmt.Sprintf("127.0.1.%d", i), fmt.Sprintf("127.0.%d", 256+i), fmt.Sprintf("0x7f0001%02x", i))
	}
	if list, err := net.LookupHost("localhost"); err == nil && len(list) == 1 && list[0] == "127.0.0.1" {
		f.start(t, next, "tcp", "127.0.0.1", "localhost", "LocalHost")
	} else {
		f.start(t, next, "tcp", "127.0.0.1", "127.0.0.1")
	}
	if probe, err := net.Listen("tcp", "[::1]:0"); err != nil {
		t.Logf("no IPv6 on this machine: %v", err)
	} else {
		probe.Close()
		for range 5 {
			f.start(t, next, "tcp", "[::1]", "[::1]", "[0:0:0:0:0:0:0:1]", "[0::1]")
		}
	}
	for i := range 3 {
		path := fmt.Sprintf("b%d.sock", i)
		f.add(t, &backend{network: "unix", addr: filepath.Join(dir, path), texts: []string{"unix:" + path}})
	}
	t.Cleanup(f.stop)
	return f
}

// start starts a server of a host on the next port that is free.
func (f *fleet) start(t *testing.T, next func() int, network, host string, written ...string) {
	t.Helper()
	for range 20 {
		port := next()
		b := &backend{network: network, addr: fmt.Sprintf("%s:%d", host, port)}
		probe, err := net.Listen(network, b.addr)
		if err != nil {
			t.Logf("%v: the next port is taken, so this run differs from others of the seed", err)
			continue
		}
		probe.Close()
		for _, w := range written {
			b.texts = append(b.texts, fmt.Sprintf("%s:%d", w, port))
		}
		f.add(t, b)
		return
	}
	t.Fatalf("no free port on %s", host)
}

func (f *fleet) add(t *testing.T, b *backend) {
	t.Helper()
	b.name = fmt.Sprintf("b%02d", len(f.backends))
	f.backends = append(f.backends, b)
	for _, text := range b.texts {
		f.byText[text] = b
		f.byText[haproxyAddr(b)] = b
	}
	if err := f.revive(b); err != nil {
		t.Fatal(err)
	}
}

// revive lets b accept connections.
func (f *fleet) revive(b *backend) error {
	if b.open != nil {
		return nil
	}
	l, err := net.Listen(b.network, b.addr)
	if err != nil {
		return err
	}
	b.open = l
	f.conns.Go(func() { f.accept(l, b.name) })
	return nil
}

// kill lets b refuse connections.
func (b *backend) kill() {
	if b.open != nil {
		b.open.Close()
		b.open = nil
	}
}

func (f *fleet) accept(l net.Listener, name string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		f.conns.Go(func() { answer(c, name) })
	}
}

// answer serves one request and closes, so that every request of the balancer makes a connection.
func answer(c net.Conn, name string) {
	defer c.Close()
	c.SetDeadline(time.Now().Add(stepTimeout))
	q, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return
	}
	q.Body.Close()
	fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nX-Server: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", name)
}

func (f *fleet) stop() {
	for _, b := range f.backends {
		b.kill()
	}
	f.conns.Wait()
}
