package caddy

import (
	"slices"
	"strings"
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
		t.Harmless(o, "%s: global option", o)
		t.cover(o.block)
	}
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
