package haproxy

import (
	"fmt"
	"strconv"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
	"stickysim/sim/lazy"
)

// serverParams are the settings of a server line, or of default-server.
type serverParams struct {
	id, weight, maxconn, maxqueue int
	cookie                        string
	backup, disabled, check       bool
	inter                         sim.Time
	fastinter, downinter          sim.Time // 0 = inter
	fall, rise                    int
	slowstart                     sim.Time
	nonStick                      bool
}

func newServerParams() serverParams {
	return serverParams{weight: 1, inter: 2 * sim.Second, fall: 3, rise: 2}
}

// The parameters without influence on routing, load or sessions: those that stand alone, and those that a value follows.
const (
	serverFlags = `allow-0rtt check-send-proxy check-ssl check-via-socks4 check-no-sslv3 no-check-ssl no-check-send-proxy
		force-sslv3 force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13 no-send-proxy no-send-proxy-v2 no-send-proxy-v2-ssl
		no-send-proxy-v2-ssl-cn no-ssl no-ssl-reuse no-sslv3 no-tls-tickets no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13
		no-verifyhost send-proxy send-proxy-v2 send-proxy-v2-ssl send-proxy-v2-ssl-cn send_proxy ssl ssl-reuse sslv3 tfo
		tls-tickets tlsv10 tlsv11 tlsv12 tlsv13 no-tfo no-renegotiate renegotiate check-reuse-pool no-check-reuse-pool
		check-sni-auto no-check-sni-auto sni-auto no-sni-auto no-agent-check ktls`
	serverOptions = `addr agent-addr agent-port agent-send alpn ca-file check-alpn check-pool-conn-name check-proto check-sni
		ciphers ciphersuites client-sigalgs cc crl-file crt curves error-limit guid healthcheck idle-ping init-addr
		log-bufsize log-proto max-reuse namespace npn pool-conn-name pool-low-conn pool-max-conn pool-purge-delay port proto
		proxy-v2-options quic-cc-algo resolve-net resolve-opts resolve-prefer resolvers shard sigalgs sni socks4 ssl-max-ver
		ssl-min-ver source tcp-md5sig tcp-ut usesrc verify verifyhost interface`
)

// harmlessParams are those parameters, by how many words follow.
var harmlessParams = lazy.Value(func() map[string]int {
	arity := map[string]int{}
	for n, list := range []string{serverFlags, serverOptions} {
		for w := range strings.FieldsSeq(list) {
			arity[w] = n
		}
	}
	return arity
})

// lostParams are the parameters that matter and are not carried over, with the number of words that follow.
var lostParams = map[string]struct {
	words int
	why   string
}{
	"agent-check":    {0, "the agent's weights and states"},
	"agent-inter":    {1, "the agent's weights and states"},
	"minconn":        {1, "maxconn is the limit at any load"},
	"observe":        {1, "only checks mark servers down, not failed requests"},
	"on-error":       {1, "only checks mark servers down, not failed requests"},
	"on-marked-down": {1, "requests in flight on a server that is marked down continue"},
	"on-marked-up":   {1, "requests in flight on backup servers continue"},
	"track":          {1, "the server has its own state"},
	"ws":             {1, "the protocol of WebSockets"},
	"hash-key":       {1, "servers have their places on the ring by number"},
	"init-state":     {1, "every server starts as if it had been up"},
	"redir":          {1, "requests that are answered by a redirect to the server"},
	"strict-maxconn": {0, "maxconn is the limit on requests in flight; idle connections do not count"},
}

// params reads the words of l from word i.
func (im *translation) params(s *serverParams, l *line, i int) error {
	for ; i < len(l.words); i++ {
		word := l.arg(i)
		used, known, err := im.param(s, l, i)
		if err != nil {
			return err
		}
		if lost, ok := lostParams[word]; !known && ok {
			im.NotCarried(l, "%s: %s", word, lost.why)
			known, used = true, lost.words
		}
		if n, ok := harmlessParams()[word]; !known && ok {
			known, used = true, n
		}
		if !known {
			im.NotCarried(l, "server parameter %s: not understood", source.Short(word))
		}
		i += used
	}
	return nil
}

// param reads word i, and returns how many of the words behind it are its arguments.
func (im *translation) param(s *serverParams, l *line, i int) (used int, known bool, err error) {
	count := func(to *int, low, high int) {
		n, ok, bad := l.number(i+1, low, high)
		if used, err = 1, bad; ok {
			*to = n
		}
	}
	span := func(to *sim.Time) {
		t, ok, bad := l.span(i+1, sim.Millisecond)
		if used, err = 1, bad; ok {
			*to = t
		}
	}
	switch known = true; l.arg(i) {
	case "weight":
		count(&s.weight, 0, 256)
	case "id":
		count(&s.id, 1, 1<<31-1)
	case "maxconn":
		count(&s.maxconn, 0, 1<<31-1)
	case "maxqueue":
		count(&s.maxqueue, 0, 1<<31-1)
	case "fall":
		count(&s.fall, 1, 1<<31-1)
	case "rise":
		count(&s.rise, 1, 1<<31-1)
	case "inter":
		if span(&s.inter); err == nil && s.inter == 0 {
			err = l.errorf(i+1, "inter: must be above 0")
		}
	case "fastinter":
		span(&s.fastinter)
	case "downinter":
		span(&s.downinter)
	case "slowstart":
		span(&s.slowstart)
	case "cookie":
		if s.cookie, used = l.arg(i+1), 1; s.cookie == "" {
			err = l.errorf(i, "cookie needs a value")
		}
	case "check":
		s.check = true
	case "no-check":
		s.check = false
	case "backup":
		s.backup = true
	case "no-backup":
		s.backup = false
	case "disabled":
		s.disabled = true
	case "enabled":
		s.disabled = false
	case "non-stick":
		s.nonStick = true
	case "stick":
		s.nonStick = false
	default:
		known = false
	}
	return used, known, err
}

func (im *translation) defaultServer(p *proxy, l *line) error {
	im.Translated(l, "default-server: for the servers behind it")
	return im.params(&p.defaultSrv, l, 1)
}

// server reads `server NAME ADDR ...` and `server-template PREFIX RANGE ADDR ...`.
func (im *translation) server(p *proxy, l *line) error {
	if p.kind != "backend" && p.kind != "listen" {
		return l.errorf(0, "a %s section cannot have servers", p.kind)
	}
	addr := 2
	if l.arg(0) == "server-template" {
		addr = 3
	}
	if len(l.words) <= addr {
		return l.errorf(addr, "%s needs a name and an address", l.arg(0))
	}
	s := p.defaultSrv
	if err := im.params(&s, l, addr+1); err != nil {
		return err
	}
	if addr == 2 {
		return im.addServer(p, l, s, l.arg(1), l.arg(2))
	}
	from, to, err := templateRange(l)
	if err != nil {
		return err
	}
	if s.id != 0 {
		return l.errorf(0, "server-template cannot have an id: it stands for several servers")
	}
	im.Assumed(l, "server-template: %d servers; as many addresses are assumed to be found", to-from+1)
	for n := from; n <= to; n++ {
		if err := im.addServer(p, l, s, l.arg(1)+strconv.Itoa(n), l.arg(3)); err != nil {
			return err
		}
	}
	return nil
}

// templateRange reads "5" as 1 to 5, and "3-7".
func templateRange(l *line) (from, to int, err error) {
	low, high, isRange := strings.Cut(l.arg(2), "-")
	if !isRange {
		low, high = "1", low
	}
	from, err1 := strconv.Atoi(low)
	to, err2 := strconv.Atoi(high)
	if err1 != nil || err2 != nil || from < 0 || to < from || to-from >= maxServers {
		return 0, 0, l.errorf(2, "server-template: must be a number or a range such as 1-5, of at most %d servers, got %q", maxServers, source.Short(l.arg(2)))
	}
	return from, to, nil
}

func (im *translation) addServer(p *proxy, l *line, s serverParams, name, addr string) error {
	if im.servers++; im.servers > maxServers {
		return l.errorf(0, "more than %d servers", maxServers)
	}
	if p.known[name] {
		return l.errorf(1, "server %q is defined twice", source.Short(name))
	}
	if s.id != 0 && p.ids[s.id] {
		return l.errorf(1, "server %q: id %d is another server's", source.Short(name), s.id)
	}
	p.known[name] = true
	if p.ids[s.id] = true; s.check {
		p.checked = append(p.checked, s)
	}
	server := ir.Server{Place: l.Place, Info: sim.ServerInfo{
		Name: name, Addr: addr, Number: s.id, Cookie: s.cookie, Weight: s.weight, Backup: s.backup,
		Limit: s.maxconn, Options: s.texts(),
	}}
	if s.disabled {
		server.Status = sim.Down
	}
	p.servers = append(p.servers, server)
	im.Translated(l, "server %s", source.Short(name))
	return nil
}

// texts are the settings that have no field of their own.
func (s *serverParams) texts() map[string]string {
	texts := map[string]string{}
	if s.check {
		texts["check"] = fmt.Sprintf("inter %s fall %d rise %d", spanText(s.inter), s.fall, s.rise)
	}
	if s.maxqueue > 0 {
		texts["maxqueue"] = strconv.Itoa(s.maxqueue)
	}
	if s.slowstart > 0 {
		texts["slowstart"] = spanText(s.slowstart)
	}
	if s.nonStick {
		texts["non-stick"] = ""
	}
	if len(texts) == 0 {
		return nil
	}
	return texts
}
