package policies

import (
	"encoding/json"
	"strings"

	"stickysim/sim/lazy"
)

var (
	plainText = lazy.Regexp(`^[A-Za-z_/][A-Za-z0-9_./-]*$`)
	notText   = lazy.Regexp(`^(?i)(y|n|yes|no|on|off|true|false|null|never|unlimited|none|auto)$`)
)

// Written writes a text as YAML: plain where nothing else could be meant, otherwise in quotes, as JSON.
func Written(text string) string {
	if plainText().MatchString(text) && !notText().MatchString(text) {
		return text
	}
	quoted, err := json.Marshal(strings.ToValidUTF8(text, "\ufffd"))
	if err != nil {
		panic(err) // strings can be marshalled
	}
	return string(quoted)
}

// Differences writes the parameters that differ from the policy's defaults, as YAML: {ttl: 1h}. It is "" without any.
func (p Policy) Differences() string {
	e, ok := Lookup(p.Name)
	if !ok || p.Config == nil {
		return ""
	}
	var differ []string
	defaults := Params(e.Default)
	for k, param := range Params(p.Config) {
		if k < len(defaults) && param.Default == defaults[k].Default {
			continue
		}
		differ = append(differ, param.Name+": "+param.written())
	}
	if differ == nil {
		return ""
	}
	return "{" + strings.Join(differ, ", ") + "}"
}

// written is the parameter's value as YAML.
func (p *Param) written() string {
	switch p.Type {
	case "text":
		return Written(p.Default)
	case "list":
		var all []string
		for i := range p.value.Len() {
			all = append(all, Written(p.value.Index(i).String()))
		}
		return "[" + strings.Join(all, ", ") + "]"
	}
	return p.Default
}
