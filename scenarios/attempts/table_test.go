package attempts

import (
	"fmt"
	"net/netip"
	"strings"
)

// row is one configuration, one request, and what becomes of it.
type row struct {
	name    string
	product string   // haproxy or nginx
	servers int      // s1 to sN
	lines   []string // of the listen section, or of nginx's location
	balance string   // nginx: the method's line in the upstream block

	trouble trouble
	victim  int  // the server in trouble
	bound   bool // the client's last answer came from the victim; otherwise some request goes there in turn
	post    bool // the request must not be repeated
	later   bool // it is not the first on its client's connection

	status    int     // 200, or the balancer's own; 0 = the connection is closed without an answer
	after     float64 // seconds from the request to its fate
	elsewhere bool    // another server answers
}

// trouble is what is wrong with a server.
type trouble int

const (
	refuses trouble = iota // its process died before the request: the port refuses
	dies                   // its process dies while it works on the request: connections are reset
	silent                 // it takes the request and says nothing for long
)

// dieAfter is how long a request has been worked on when its server dies.
const dieAfter = 0.3

// The first table: the victim died and is not known to be dead.
var deadServer = func() []row {
	type fate struct {
		status int
		after  float64
	}
	var rows []row
	add := func(name string, bound bool, lines []string, option string, f fate) {
		all := append([]string{"retries 3"}, lines...)
		if option != "" {
			all = append(all, option)
		}
		rows = append(rows, row{name: "haproxy/refuses/" + name + "/" + option, product: "haproxy", servers: 4, victim: 2, bound: bound,
			lines: all, status: f.status, after: f.after, elsewhere: f.status == 200})
	}
	const cookie, stick, redispatch = "cookie SRV insert indirect nocache", "stick on src", "option redispatch"
	table := "stick-table type ip size 10k expire 1m"
	for _, balance := range []string{"roundrobin", "leastconn"} {
		add("cookie, "+balance, true, []string{"balance " + balance, cookie}, redispatch, fate{200, 2})
		add("cookie, "+balance, true, []string{"balance " + balance, cookie}, "", fate{503, 3})
		add("stick, "+balance, true, []string{"balance " + balance, table, stick}, redispatch, fate{200, 2})
		add("stick, "+balance, true, []string{"balance " + balance, table, stick}, "", fate{503, 3})
	}
	add("cookie, source", true, []string{"balance source", cookie}, redispatch, fate{503, 2})
	add("cookie, source", true, []string{"balance source", cookie}, "", fate{503, 3})
	add("source", true, []string{"balance source"}, redispatch, fate{503, 2})
	add("source", true, []string{"balance source"}, "", fate{503, 3})
	add("source", true, []string{"balance source"}, "option redispatch 1", fate{503, 0})
	ring := []string{"balance source", "hash-type consistent"}
	add("source, consistent", true, ring, redispatch, fate{200, 2})
	add("source, consistent", true, ring, "", fate{503, 3})
	add("source, consistent", true, ring, "option redispatch 1", fate{200, 0})
	for _, balance := range []string{"roundrobin", "leastconn", "static-rr", "random"} {
		add(balance, false, []string{"balance " + balance}, redispatch, fate{200, 0})
		add(balance, false, []string{"balance " + balance}, "", fate{503, 3})
	}
	for _, balance := range []string{"roundrobin", "source"} {
		add("one server, "+balance, true, []string{"balance " + balance}, "option redispatch 1", fate{503, 3})
		rows[len(rows)-1].servers, rows[len(rows)-1].victim = 1, 1
	}
	for _, balance := range []string{"", "least_conn;", "ip_hash;", "hash $remote_addr consistent;"} {
		rows = append(rows, row{name: "nginx/refuses/" + balance, product: "nginx", servers: 4, victim: 2, balance: balance,
			bound: strings.Contains(balance, "hash"), status: 200, elsewhere: true})
	}
	return rows
}()

// The second table: the victim, which is asked first, dies while it works on the request.
var inService = func() []row {
	var rows []row
	for _, post := range []bool{false, true} {
		for _, later := range []bool{false, true} {
			add := func(product string, status int, lines ...string) {
				r := row{product: product, servers: 2, victim: 1, trouble: dies, post: post, later: later,
					status: status, after: dieAfter, elsewhere: status == 200, lines: lines}
				r.name = fmt.Sprintf("%s/dies/post=%t,later=%t/%s", product, post, later, strings.Join(lines, "/"))
				if product == "haproxy" {
					r.lines = append([]string{"balance first", "option redispatch", "retries 3"}, lines...)
				}
				rows = append(rows, r)
			}
			if later {
				add("haproxy", 0)
			} else {
				add("haproxy", 502)
			}
			add("haproxy", 200, "retry-on all-retryable-errors")
			add("haproxy", 200, "retry-on conn-failure empty-response")
			if post {
				add("nginx", 502)
			} else {
				add("nginx", 200)
			}
			add("nginx", 200, "proxy_next_upstream error timeout non_idempotent;")
			add("nginx", 502, "proxy_next_upstream off;")
			add("nginx", 502, "proxy_next_upstream_tries 1;")
		}
	}
	return rows
}()

// The third table: the victim, which is asked first, takes the request and is silent for ten seconds. The time limit of an
// attempt is two seconds.
var silence = func() []row {
	var rows []row
	for _, post := range []bool{false, true} {
		add := func(product string, status int, after float64, lines ...string) {
			r := row{product: product, servers: 2, victim: 1, trouble: silent, post: post, status: status, after: after, elsewhere: status == 200}
			r.name = fmt.Sprintf("%s/silent/post=%t/%s", product, post, strings.Join(lines, "/"))
			r.lines = append([]string{"proxy_read_timeout 2s;"}, lines...)
			if product == "haproxy" {
				r.lines = append([]string{"balance first", "option redispatch", "retries 3", "timeout server 2s"}, lines...)
			}
			rows = append(rows, r)
		}
		add("haproxy", 504, 2)
		add("haproxy", 200, 2, "retry-on response-timeout")
		add("haproxy", 504, 2, "retry-on conn-failure empty-response")
		if post {
			add("nginx", 504, 2)
		} else {
			add("nginx", 200, 2)
		}
		add("nginx", 200, 2, "proxy_next_upstream timeout non_idempotent;")
		add("nginx", 504, 2, "proxy_next_upstream error;")
		add("nginx", 504, 2, "proxy_next_upstream_timeout 1s;")
	}
	return rows
}()

// where are the addresses of a row's servers and balancer: every row has a network of its own.
type where struct{ network int }

func (w where) server(i int) string {
	return fmt.Sprintf("127.%d.0.%d:8080", 100+w.network/2, i+100*(w.network%2))
}
func (w where) balancer() string {
	return fmt.Sprintf("127.%d.1.%d:8000", 100+w.network/2, 1+w.network%2)
}

// client is the address of client n.
func client(n int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, byte(20 + n), byte(7 * n), byte(1 + 31*n%250)})
}

// config is the row's configuration.
func (r *row) config(w where) string {
	var b strings.Builder
	if r.product == "haproxy" {
		b.WriteString("defaults\n mode http\n timeout connect 2s\n timeout client 30s\n timeout server 30s\n")
		fmt.Fprintf(&b, "listen app\n bind %s\n", w.balancer())
		keeps := false
		for _, line := range r.lines {
			fmt.Fprintf(&b, " %s\n", line)
			keeps = keeps || strings.HasPrefix(line, "cookie ")
		}
		for i := 1; i <= r.servers; i++ {
			fmt.Fprintf(&b, " server s%d %s", i, w.server(i))
			if keeps {
				fmt.Fprintf(&b, " cookie s%d", i)
			}
			b.WriteString("\n")
		}
		return b.String()
	}
	fmt.Fprintf(&b, "upstream app {\n %s\n", r.balance)
	for i := 1; i <= r.servers; i++ {
		weight := ""
		if i == r.victim && r.trouble != refuses {
			weight = " weight=1000"
		}
		fmt.Fprintf(&b, " server %s%s;\n", w.server(i), weight)
	}
	fmt.Fprintf(&b, "}\nserver {\n listen %s;\n location / {\n  proxy_pass http://app;\n", w.balancer())
	for _, line := range r.lines {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	b.WriteString(" }\n}\n")
	return b.String()
}
