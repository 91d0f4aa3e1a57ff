package nginx

import (
	"regexp"
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// binding is what the configuration says about a variable of its own.
type binding struct {
	d     *directive
	many  bool   // set in more than one place
	value string // of set; what map falls back to
	from  string // what map looks at
}

// define notes what set, map, geo and split_clients say.
func (t *translation) define(d *directive) {
	var name, value, from string
	switch {
	case d.name == "set" && len(d.args) == 2:
		name, value = d.args[0], d.args[1]
	case len(d.args) == 2:
		name, from = d.args[1], d.args[0]
		for i := range d.block {
			if e := &d.block[i]; e.name == "default" && len(e.args) == 1 {
				value = e.args[0]
			}
		}
	case d.name == "geo" && len(d.args) == 1:
		name, from = d.args[0], "$remote_addr"
	default:
		return
	}
	if b := t.variables[name]; b != nil {
		b.many = true
		return
	}
	t.variables[name] = &binding{d: d, value: value, from: from}
}

var variable = regexp.MustCompile(`\$(?:\{(\w+)\}|(\w+))`)

// key says where a key comes from. binary is set for the address in binary form.
func (t *translation) key(d *directive, text string) (k ir.KeySource, binary bool) {
	text = t.resolve(d, text)
	found := variable.FindAllStringSubmatch(text, -1)
	whole := len(found) == 1 && found[0][0] == text
	if whole {
		name := found[0][1] + found[0][2]
		k = keyOf(name)
		binary = name == "binary_remote_addr"
		t.judge(d, k, name)
	} else {
		k = t.composed(d, found)
	}
	k.Text = text
	return k, binary
}

// judge remarks on variables that do not identify clients, or are not known.
func (t *translation) judge(d *directive, k ir.KeySource, name string) {
	switch {
	case k.Kind != "none":
	case perRequest[name]:
		t.remark(ir.NotCarried, d, "$%s differs from request to request or connection to connection: nothing sticks", name)
	default:
		t.remark(ir.NotCarried, d, "$%s: it is not known what of a request it stands for", name)
	}
}

// composed is the source of a key of several parts: the most telling of them.
func (t *translation) composed(d *directive, found [][]string) ir.KeySource {
	best := ir.KeySource{Kind: "none"}
	rank := map[string]int{"none": 0, "address": 1, "uri": 2, "header": 3, "argument": 4, "cookie": 5}
	for _, f := range found {
		if k := keyOf(f[1] + f[2]); rank[k.Kind] > rank[best.Kind] {
			best = k
		}
	}
	if best.Kind == "address" { // the text is more than an address
		best = ir.KeySource{Kind: "header"}
	}
	if len(found) == 0 {
		t.remark(ir.NotCarried, d, "the key is the same for every request, so one server gets all requests")
		return best
	}
	t.remark(ir.Assumed, d, "a key of several parts; files of keys hold the text they make together, simulated clients have one text each")
	return best
}

// perRequest are variables whose value is new with each request or connection.
var perRequest = map[string]bool{
	"request_id": true, "connection": true, "connection_requests": true, "msec": true, "request_time": true,
	"remote_port": true, "time_local": true, "time_iso8601": true, "pid": true,
}

// keyOf says what of a request a variable of nginx stands for.
func keyOf(name string) ir.KeySource {
	k := ir.KeySource{}
	switch name {
	case "remote_addr", "binary_remote_addr", "realip_remote_addr", "proxy_protocol_addr":
		k.Kind = "address"
	case "request_uri", "uri", "document_uri", "request_filename", "args", "query_string", "request":
		k.Kind = "uri"
	case "host", "http_host":
		k.Kind, k.Name = "header", "Host"
	case "remote_user":
		k.Kind, k.Name = "header", "Authorization"
	default:
		for _, family := range [][2]string{{"arg_", "argument"}, {"cookie_", "cookie"}, {"http_", "header"}} {
			rest, ok := strings.CutPrefix(name, family[0])
			if !ok || rest == "" {
				continue
			}
			if k.Kind, k.Name = family[1], rest; k.Kind == "header" {
				k.Name = headerName(rest)
			}
			return k
		}
		k.Kind = "none"
	}
	return k
}

// headerName turns x_session_id into X-Session-Id.
func headerName(lower string) string {
	parts := strings.Split(lower, "_")
	for i, p := range parts {
		if p != "" {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "-")
}

// resolve replaces a variable that set or map define by what they define it as, as long as that is simple.
func (t *translation) resolve(d *directive, text string) string {
	const most = 8 // set and map can be chained, also in a circle
	for range most {
		b := t.variables[text]
		if b == nil {
			return text
		}
		next := b.value
		switch {
		case b.many:
			t.remark(ir.NotCarried, d, "%s is set in several places", text)
			return text
		case b.d.name == "set":
			t.remark(ir.Translated, b.d, "%s stands for %s in %s", text, source.Short(next), d.name)
		case b.d.name == "map" && strings.HasPrefix(next, "$"):
			t.remark(ir.Assumed, b.d, "%s is assumed to be %s, its default; other entries are ignored", text, next)
		case b.d.name == "map" && next == "" && strings.HasPrefix(b.from, "$"):
			next = b.from
			t.remark(ir.NotCarried, b.d, "%s is computed from %s, which is used instead", text, next)
		default:
			t.remark(ir.NotCarried, b.d, "%s depends on the values in this table", text)
			return text
		}
		text = next
	}
	t.remark(ir.NotCarried, d, "%s is defined in a circle, or by a chain of more than %d variables", source.Short(text), most)
	return text
}
