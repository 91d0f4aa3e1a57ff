package nginx

import (
	"slices"
	"strconv"
	"strings"

	"stickysim/policies/keys"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim/lazy"
)

// binding is what the configuration says about a variable of its own.
type binding struct {
	d     *directive
	more  []*directive // further ones that set the same variable
	value string       // of set; what map falls back to
	from  string       // what map looks at
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
	name = variableName(name)
	if b := t.variables[name]; b != nil {
		b.more = append(b.more, d)
		return
	}
	t.variables[name] = &binding{d: d, value: value, from: from}
}

var anyVariable = lazy.Regexp(`\$(?:\{(\w+)\}|(\w+))`)

// variableName is the one spelling of a variable that nginx also takes in braces, and in capitals.
func variableName(written string) string { return "$" + strings.ToLower(strings.Trim(written, "${}")) }

// variable is what the configuration says about the one variable that text is; nil for other text.
func (t *translation) variable(text string) *binding {
	if at := anyVariable().FindStringIndex(text); at == nil || at[1]-at[0] < len(text) {
		return nil
	}
	return t.variables[variableName(text)]
}

// mostChained bounds how deep variables can be defined by others, which they can be in a circle.
const mostChained = 8

// replaced is text with its variables replaced. It is not ok where that becomes longer than a word can be.
func replaced(text string, by func(variable string) string) (out string, ok bool) {
	end := 0
	var b strings.Builder
	for _, at := range anyVariable().FindAllStringIndex(text, -1) {
		b.WriteString(text[end:at[0]])
		b.WriteString(by(text[at[0]:at[1]]))
		if end = at[1]; b.Len() > maxWord {
			return "", false
		}
	}
	b.WriteString(text[end:])
	return b.String(), true
}

// expandKey replaces the variables in the text of a key by what they are defined as.
func (t *translation) expandKey(d *directive, text string) string {
	known := map[string]string{}
	for range mostChained {
		next, ok := replaced(text, func(v string) string {
			if _, done := known[v]; !done {
				known[v] = t.resolve(d, v)
			}
			return known[v]
		})
		if !ok {
			t.remark(ir.NotCarried, d, "a variable in it is defined by itself, or as a text of more than %d bytes", maxWord)
			return text
		}
		if next == text {
			break
		}
		text = next
	}
	return text
}

// key says where a key comes from, and what it is made of.
func (t *translation) key(d *directive, text string) (ir.KeySource, keys.Template) {
	text = t.expandKey(d, text)
	if len(t.ports) == 1 {
		for port := range t.ports {
			text = strings.NewReplacer("$server_port", port, "${server_port}", port).Replace(text)
		}
	}
	k, parts := ir.NginxKey(text)
	t.judge(d, k.Kind, parts)
	return k, parts
}

// listens notes the port of a listen directive.
func (t *translation) listens(d *directive) {
	if len(d.args) == 0 {
		return
	}
	port := d.args[0][strings.LastIndexByte(d.args[0], ':')+1:]
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		port = "80"
	}
	t.ports[port] = true
}

// judge says what the parts of a key are, unless it is a single one that speaks for itself.
func (t *translation) judge(d *directive, kind string, parts keys.Template) {
	random := slices.ContainsFunc(parts, func(p keys.Part) bool { return p.From == keys.Random })
	constant := !slices.ContainsFunc(parts, func(p keys.Part) bool { return p.From != keys.Literal })
	switch {
	case constant:
		t.remark(ir.NotCarried, d, "the key is the same for every request, so one server gets all requests")
	case random:
		t.remark(ir.NotCarried, d, "%s differs from request to request or connection to connection: nothing sticks", firstOf(parts, keys.Random))
	case kind == "none":
		t.remark(ir.NotCarried, d, "%s: it is not known what of a request it stands for", parts[0].Name)
	case len(parts) > 1 || parts[0].From == keys.Forwarded || parts[0].From == keys.Appended:
		t.remark(ir.Assumed, d, "%s", parts)
	}
}

// firstOf is the name of the first part from a source.
func firstOf(parts keys.Template, from keys.Source) string {
	return parts[slices.IndexFunc(parts, func(p keys.Part) bool { return p.From == from })].Name
}

// resolve replaces a variable that set or map define by what they define it as, as long as that is simple.
func (t *translation) resolve(d *directive, text string) string {
	for range mostChained {
		b := t.variable(text)
		if b == nil {
			return text
		}
		next := b.value
		switch {
		case len(b.more) > 0:
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
	t.remark(ir.NotCarried, d, "%s is defined in a circle, or by a chain of more than %d variables", source.Short(text), mostChained)
	return text
}
