package caddy

import (
	"slices"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// caddyfile translates a Caddyfile.
func (t *translation) caddyfile(name string, data []byte) error {
	p := parser{t: t, snippets: map[string][][]token{}}
	top, err := p.parse(name, data)
	if err != nil {
		return err
	}
	// A file without braces is one site: its addresses, then its directives. A fragment has no addresses.
	if len(top) > 0 && (!top[0].open || carriers[top[0].name]) {
		site := ""
		if !carriers[top[0].name] && known()[top[0].name] == "" {
			site = siteName(&top[0])
			t.Translated(top[0], "%s: the address of the site", &top[0])
			top = top[1:]
		}
		return t.site(top, position{site, site, true})
	}
	for i := range top {
		d := &top[i]
		switch {
		case !d.open:
			return d.Errorf("%s: expected a site with a block { }", d)
		case d.name == "":
			t.options(d)
		default:
			name := siteName(d)
			if err := t.site(d.block, position{name, name, true}); err != nil {
				return err
			}
		}
	}
	return nil
}

func siteName(d *directive) string {
	return strings.TrimRight(strings.Join(append([]string{d.name}, d.texts()...), " "), ",")
}

// options remarks on the global options: the block without a name.
func (t *translation) options(d *directive) {
	for i := range d.block {
		o := &d.block[i]
		if o.name == "servers" {
			t.servers(o)
			continue
		}
		t.byTable(o, "global")
	}
}

// servers reads the options of all servers, or of the one at an address: which proxies are trusted.
func (t *translation) servers(d *directive) {
	if all := t.sees; len(d.args) > 0 {
		t.sees = nil
		defer func() {
			if t.seesAt == nil {
				t.seesAt = map[string]*ir.Sees{}
			}
			t.seesAt[portOf(d.args[0].text)], t.sees = t.sees, all
		}()
	}
	for i := range d.block {
		o := &d.block[i]
		switch texts := o.texts(); {
		case o.name == "trusted_proxies" && len(texts) > 0 && texts[0] == "static":
			t.trust(o, texts[1:])
			t.cover(o.block)
		case o.name == "trusted_proxies":
			t.sees = &ir.Sees{}
			t.NotCarried(o, "%s: which addresses that are is not in the file; all proxies are trusted", o)
			t.cover(o.block)
		case o.name == "client_ip_headers":
			t.Translated(o, "%s: where trusted proxies write the client's address", o)
		default:
			t.byTable(o, "servers")
		}
	}
	t.Cover(d)
}

// seesOf is whose address the server of a site sees: what the options of its port say, or those of all servers.
func (t *translation) seesOf(site string) *ir.Sees {
	first, _, _ := strings.Cut(site, " ")
	if own, ok := t.seesAt[portOf(strings.TrimRight(first, ","))]; ok {
		return own
	}
	return t.sees
}

// portOf is the port of an address such as :80, example.com or http://example.com/path.
func portOf(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		scheme, rest = "https", address
	}
	rest, _, _ = strings.Cut(rest, "/")
	if i := strings.LastIndexByte(rest, ':'); i >= 0 && i > strings.LastIndexByte(rest, ']') {
		return rest[i+1:]
	}
	if scheme == "http" {
		return "80"
	}
	return "443"
}

// privateRanges is what Caddy calls private_ranges.
var privateRanges = []string{"192.168.0.0/16", "172.16.0.0/12", "10.0.0.0/8", "127.0.0.1/8", "fd00::/8", "::1"}

// trust notes the networks that a server trusts.
func (t *translation) trust(at source.Part, texts []string) {
	var networks []string
	for _, text := range texts {
		if text == "private_ranges" {
			networks = append(networks, privateRanges...)
		} else {
			networks = append(networks, text)
		}
	}
	var odd string
	if t.sees, odd = ir.SeesFrom(networks); odd != "" {
		t.NotCarried(at, "trusted_proxies: %s is no network; all proxies are trusted", source.Short(odd))
		return
	}
	t.Translated(at, "trusted_proxies %s: client_ip_hash sees the client that a trusted proxy writes into X-Forwarded-For (clients: {seen_as: forwarded})", source.Short(strings.Join(texts, " ")))
}

// carriers are reverse_proxy and the directives that may contain it.
var carriers = set("reverse_proxy handle handle_path handle_errors route intercept")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// position is where a directive stands.
type position struct {
	site string // its address
	name string // that, with the matchers around the directive
	rest bool   // no matcher decides whether requests get here
}

// site translates the directives of a site, or of a block in one.
func (t *translation) site(block []directive, at position) error {
	for i := range block {
		d := &block[i]
		switch {
		case d.name == "reverse_proxy":
			if err := t.reverseProxy(d, at); err != nil {
				return err
			}
		case carriers[d.name]:
			inner := at
			inner.name = strings.TrimSpace(at.name + " " + strings.Join(d.texts(), " "))
			inner.rest = at.rest && len(d.args) == 0 && d.name != "handle_errors"
			if err := t.site(d.block, inner); err != nil {
				return err
			}
		case strings.HasPrefix(d.name, "@"):
			t.Harmless(d, "%s: %s", d, reach)
			t.cover(d.block)
		case known()[d.name] == "" && slices.ContainsFunc(d.block, func(x directive) bool { return carriers[x.name] }):
			t.NotCarried(d, "%s: not understood; what its block proxies is imported", d)
			if err := t.site(d.block, at); err != nil {
				return err
			}
		default:
			t.byTable(d, "")
		}
	}
	return nil
}

// cover notes that the remark on a directive covers its block.
func (t *translation) cover(block []directive) {
	for i := range block {
		t.Cover(block[i])
		t.cover(block[i].block)
	}
}
