package accesslog

import (
	"fmt"
	"strings"
)

const (
	maxVariables = 64
	maxFormat    = 4096 // bytes
)

// compile makes the parser for a format: a name, an nginx log_format or an Apache LogFormat.
func compile(format string) (parser, error) {
	if format == "common" { // what combined reads, too
		p := text{format: commonFormat}.named().(*layout)
		p.title = format
		return p, nil
	}
	for _, f := range known {
		if f.name == format {
			return f.parser(), nil
		}
	}
	if len(format) > maxFormat {
		return nil, fmt.Errorf("format: %d bytes; at most %d", len(format), maxFormat)
	}
	text := undirective(format)
	var p *layout
	var err error
	switch {
	case strings.Contains(text, "$"):
		p, err = assemble(text, nginxVariable)
		if p != nil {
			p.ends = true
		}
	case strings.Contains(text, "%"):
		p, err = assemble(text, apacheVariable)
	default:
		names, _ := Formats()
		return nil, fmt.Errorf("format: %q is no known format, and has no variables; write %s, "+
			"an nginx log_format such as '%s' or an Apache LogFormat such as '%s'", format, strings.Join(names, ", "), Example, combinedFormat+" %D")
	}
	if err != nil {
		return nil, fmt.Errorf("format: %w", err)
	}
	p.title, p.tail = format, true
	p.settle()
	p.nameDurations()
	return p, p.check()
}

// undirective strips a configuration directive down to its format: log_format NAME [escape=…] 'a' 'b'; and
// LogFormat "…" NAME. Backslash escapes are resolved as both servers do.
func undirective(s string) string {
	s = strings.TrimSpace(s)
	nginx, apache := strings.HasPrefix(s, "log_format"), strings.HasPrefix(s, "LogFormat")
	unescape := strings.NewReplacer(`\"`, `"`, `\'`, `'`, `\t`, "\t", `\\`, `\`)
	if !nginx && !apache {
		return unescape.Replace(s)
	}
	var out strings.Builder
	for {
		open := strings.IndexAny(s, `'"`)
		if open < 0 {
			return unescape.Replace(out.String())
		}
		quote, end := s[open], open+1
		for end < len(s) && s[end] != quote {
			if s[end] == '\\' {
				end++
			}
			end++
		}
		end = min(end, len(s))
		out.WriteString(s[open+1 : end])
		s = s[min(end+1, len(s)):]
		if apache {
			s = ""
		}
	}
}

// assemble splits a format into variables and the text between them. next reads the variable at the start of a string:
// its length (0 if there is none), its kind, and the literal text it stands for itself (Apache's %t writes brackets).
func assemble(s string, next func(string) (n int, k kind, open, shut string)) (*layout, error) {
	p := &layout{}
	literal, rest := "", s
	for rest != "" {
		n, k, open, shut := next(rest)
		if n == 0 {
			width := 1
			if strings.HasPrefix(rest, "%%") {
				width = 2
			}
			literal, rest = literal+rest[:1], rest[width:]
			continue
		}
		name := rest[:n]
		rest = rest[n:]
		before := literal + open
		if before == "" && len(p.vars) > 0 {
			if k == kindQuery {
				continue
			}
			return nil, fmt.Errorf("nothing separates %s from %s; put a space or a quote between them", p.vars[len(p.vars)-1].name, name)
		}
		p.vars = append(p.vars, variable{name: name, kind: k, slot: k.slot(), before: before})
		literal = shut
	}
	if len(p.vars) > maxVariables {
		return nil, fmt.Errorf("%d variables; at most %d", len(p.vars), maxVariables)
	}
	for i := range p.vars {
		if p.vars[i].until = literal; i+1 < len(p.vars) {
			p.vars[i].until = p.vars[i+1].before
		}
	}
	p.optional = len(p.vars) + 1
	return p, nil
}

// check asks for what a replay cannot do without.
func (p *layout) check() error {
	seen := map[kind]bool{}
	for _, v := range p.vars {
		seen[v.kind] = true
	}
	if !seen[kindTime] {
		return fmt.Errorf("format: no time; it needs one of $time_local, $time_iso8601, $msec, %%t")
	}
	return nil
}

// nginxVariable reads $name or ${name}.
func nginxVariable(s string) (n int, k kind, open, shut string) {
	if len(s) < 2 || s[0] != '$' {
		return 0, kindSkip, "", ""
	}
	name := ""
	if s[1] == '{' {
		end := strings.IndexByte(s, '}')
		if end < 0 {
			return 0, kindSkip, "", ""
		}
		name, n = s[2:end], end+1
	} else {
		n = 1
		for n < len(s) && (s[n] == '_' || isDigit(s[n]) || s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z') {
			n++
		}
		if name = s[1:n]; name == "" {
			return 0, kindSkip, "", ""
		}
	}
	return n, nginxKind(name), "", ""
}

func nginxKind(name string) kind {
	switch name {
	case "remote_addr":
		return kindAddress
	case "remote_user":
		return kindUser
	case "time_local", "time_iso8601", "msec":
		return kindTime
	case "request":
		return kindRequest
	case "request_method":
		return kindMethod
	case "request_uri", "uri", "document_uri":
		return kindURI
	case "is_args", "args", "query_string":
		return kindQuery
	case "status":
		return kindStatus
	case "body_bytes_sent", "bytes_sent", "request_length":
		return kindBytes
	case "request_time":
		return kindSeconds
	case "upstream_response_time":
		return kindUpstream
	case "http_user_agent":
		return kindAgent
	case "http_referer":
		return kindReferer
	case "http_x_forwarded_for":
		return kindForwarded
	}
	return kindNamed
}

// apacheVariable reads %x, %>x, %!200,304x or %{argument}x.
func apacheVariable(s string) (n int, k kind, open, shut string) {
	if len(s) < 2 || s[0] != '%' || s[1] == '%' {
		return 0, kindSkip, "", ""
	}
	n = 1
	for n < len(s) && strings.IndexByte("<>!,0123456789", s[n]) >= 0 {
		n++
	}
	argument := ""
	if n < len(s) && s[n] == '{' {
		end := strings.IndexByte(s[n:], '}')
		if end < 0 {
			return 0, kindSkip, "", ""
		}
		argument, n = s[n+1:n+end], n+end+1
	}
	if n >= len(s) {
		return 0, kindSkip, "", ""
	}
	if s[n] == '^' { // %^FB and its kin have two letters
		n = min(n+2, len(s)-1)
	}
	if s[n] == 't' && argument == "" {
		return n + 1, kindTime, "[", "]"
	}
	return n + 1, apacheKind(s[n], argument), "", ""
}

func apacheKind(letter byte, argument string) kind {
	switch letter {
	case 'h', 'a':
		return kindAddress
	case 'l':
		return kindIdent
	case 'u':
		return kindUser
	case 't':
		return kindTime
	case 'r':
		return kindRequest
	case 'm':
		return kindMethod
	case 'U':
		return kindURI
	case 'q':
		return kindQuery
	case 's':
		return kindStatus
	case 'b', 'B', 'O', 'I':
		return kindBytes
	case 'p':
		return kindPort
	case 'D':
		return kindMicros
	case 'T':
		return map[string]kind{"": kindSeconds, "s": kindSeconds, "ms": kindMillis, "us": kindMicros}[argument]
	case 'i':
		switch strings.ToLower(argument) {
		case "user-agent":
			return kindAgent
		case "referer":
			return kindReferer
		case "x-forwarded-for":
			return kindForwarded
		}
	}
	return kindNamed
}
