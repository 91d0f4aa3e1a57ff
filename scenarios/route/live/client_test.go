//go:build linux

package live

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// request is what a client sends: a GET of target.
type request struct {
	target  string
	headers []string // "Name: value"
}

// reply is what came back.
type reply struct {
	status int
	server string // name of the back end; empty where the balancer answered itself
	cookie string // Set-Cookie
}

// client is one connection to a balancer, kept as long as the balancer keeps it.
type client struct {
	path string
	conn net.Conn
	in   *bufio.Reader
}

// send sends one request and waits for its answer.
func (c *client) send(q request) (reply, error) {
	if c.conn == nil {
		conn, err := net.Dial("unix", c.path)
		if err != nil {
			return reply{}, err
		}
		c.conn, c.in = conn, bufio.NewReader(conn)
	}
	c.conn.SetDeadline(time.Now().Add(stepTimeout))
	text := "GET " + q.target + " HTTP/1.1\r\n" + strings.Join(q.headers, "\r\n") + "\r\n\r\n"
	if _, err := io.WriteString(c.conn, text); err != nil {
		return reply{}, err
	}
	a, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return reply{}, fmt.Errorf("%w after %q", err, text)
	}
	defer a.Body.Close()
	if _, err := io.Copy(io.Discard, a.Body); err != nil {
		return reply{}, err
	}
	if a.Close {
		c.close()
	}
	return reply{a.StatusCode, a.Header.Get("X-Server"), a.Header.Get("Set-Cookie")}, nil
}

func (c *client) close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// command sends a line to HAProxy's run-time interface and returns what it says.
func command(path, line string) (string, error) {
	conn, err := net.Dial("unix", path)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(stepTimeout))
	if _, err := io.WriteString(conn, line+"\n"); err != nil {
		return "", err
	}
	said, err := io.ReadAll(conn)
	return strings.TrimSpace(string(said)), err
}
