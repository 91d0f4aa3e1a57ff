package nginx

import (
	"slices"
	"strconv"
	"strings"

	nginxpolicy "stickysim/policies/nginx"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// failures are the words of the directives that say after which failures another server is tried.
var failures = strings.Fields(`error timeout denied invalid_header invalid_response http_500 http_502 http_503 http_504 http_403 http_404 http_429
	not_found non_idempotent updating off`)

// checkSetting refuses what nginx refuses: a setting of passes whose words are none of those that it can have.
func (d *directive) checkSetting(stream bool) error {
	_, setting, _ := strings.Cut(d.name, "_")
	switch setting {
	case "next_upstream":
		known := failures
		if stream {
			known = []string{"on", "off"}
		}
		if len(d.args) == 0 {
			return d.Errorf("%s: a word is missing: one of %s", d.name, strings.Join(known, ", "))
		}
		for _, word := range d.args {
			if !slices.Contains(known, word) {
				return d.Errorf("%s: %q is not one of %s", d.name, source.Short(word), strings.Join(known, ", "))
			}
		}
		return nil
	case "next_upstream_tries":
		if err := d.want(1, 1); err != nil {
			return err
		}
		if n, err := strconv.Atoi(d.args[0]); err != nil || n < 0 {
			return d.Errorf("%s: must be a whole number, got %q", d.name, source.Short(d.args[0]))
		}
		return nil
	}
	if err := d.want(1, 1); err != nil {
		return err
	}
	_, err := nginxpolicy.ParseTime(d.args[0])
	if err != nil {
		return d.Errorf("%s: %v", d.name, err)
	}
	return nil
}

// twice remarks on settings that a block has more than once. nginx refuses such a block; the last one is used.
func (t *translation) twice(list []directive) {
	seen := map[string]*directive{}
	for i := range list {
		d := &list[i]
		if !passSetting(d.name) && !isPass(d.name) {
			continue
		}
		if was := seen[d.name]; was != nil {
			t.remark(ir.NotCarried, was, "given again in this block, at line %d, which nginx refuses; that one is used", d.Line)
		}
		seen[d.name] = d
	}
}
