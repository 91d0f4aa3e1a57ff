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
		if !carriers[top[0].name] && !ignored[top[0].name] {
			site = siteName(&top[0])
			t.Translated(top[0], "%s: the address of the site", &top[0])
			top = top[1:]
		}
		return t.site(top, site)
	}
	for i := range top {
		d := &top[i]
		switch {
		case !d.open:
			return d.Errorf("%s: expected a site with a block { }", d)
		case d.name == "":
			t.options(d)
		default:
			if err := t.site(d.block, siteName(d)); err != nil {
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
		t.Harmless(o, "%s: global option", o)
		t.cover(o.block)
	}
}

// servers reads the options of servers: which proxies are trusted.
func (t *translation) servers(d *directive) {
	for i := range d.block {
		o := &d.block[i]
		if o.name != "trusted_proxies" || len(o.args) == 0 {
			t.Harmless(o, "%s: option of servers", o)
			t.cover(o.block)
			continue
		}
		if texts := o.texts(); texts[0] == "static" {
			t.trust(o, texts[1:])
		} else {
			t.sees = &ir.Sees{}
			t.NotCarried(o, "%s: which addresses that are is not in the file; all proxies are trusted", o)
		}
		t.cover(o.block)
	}
	t.Cover(d)
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
var carriers = set("reverse_proxy handle handle_path handle_errors route forward_auth intercept")

// ignored are directives that have no influence on which upstream answers.
var ignored = set(`abort acme_server basic_auth basicauth bind encode error file_server fs header header_down header_up
	invoke log log_append log_name log_skip map method metrics php_fastcgi push redir request_body request_header respond rewrite root
	skip_log templates tls tracing try_files uri vars`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// site translates the directives of a site, or of a block in one.
func (t *translation) site(block []directive, name string) error {
	for i := range block {
		d := &block[i]
		switch {
		case d.name == "reverse_proxy":
			if err := t.reverseProxy(d, name); err != nil {
				return err
			}
		case d.name == "php_fastcgi" || d.name == "forward_auth":
			t.NotCarried(d, "%s: a shortcut around reverse_proxy; write it out to have it imported", d)
			t.cover(d.block)
		case carriers[d.name]:
			if err := t.site(d.block, strings.TrimSpace(name+" "+strings.Join(d.texts(), " "))); err != nil {
				return err
			}
		case strings.HasPrefix(d.name, "@"), ignored[d.name]:
			t.Harmless(d, "%s: does not choose among upstreams", d)
			t.cover(d.block)
		case slices.ContainsFunc(d.block, func(x directive) bool { return carriers[x.name] }):
			t.NotCarried(d, "%s: unknown directive; what its block proxies is imported", d)
			if err := t.site(d.block, name); err != nil {
				return err
			}
		default:
			t.NotCarried(d, "%s: unknown directive", d)
			t.cover(d.block)
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
