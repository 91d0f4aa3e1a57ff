package traefik

import (
	"strings"

	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/internal/tree"
	"stickysim/sim/lazy"
)

// variables are those of docker-compose files: $$, $NAME, ${NAME}, and ${NAME:-default} or ${NAME-default}.
var variables = lazy.Regexp(`\$(\$|[A-Za-z_]\w*|\{[A-Za-z_]\w*(:?[-?+][^{}]*)?\})`)

// interpolate puts the defaults of variables in their place, in n and all below it. What the file does not say stays as it is written.
func (t *translation) interpolate(n *tree.Node) {
	for _, x := range n.Children() {
		t.interpolate(x)
	}
	if !strings.Contains(n.Value(), "$") {
		return
	}
	var unknown []string
	text := variables().ReplaceAllStringFunc(n.Text, func(v string) string {
		if v == "$$" {
			return "$"
		}
		name, otherwise, given := strings.Cut(strings.Trim(v, "${}"), "-")
		if given {
			t.Assumed(n, "%s: the value of its default, here %s", source.Short("$"+strings.TrimSuffix(name, ":")), source.Short(otherwise))
			return otherwise
		}
		unknown = append(unknown, v)
		return v
	})
	if n.Text = text; len(unknown) > 0 {
		t.NotCarried(n.Place, "%s: its value is not in this file; the text is used as it is written", source.Short(strings.Join(unknown, ", ")))
	}
}
