package keys

import (
	"strings"

	"stickysim/sim"
	"stickysim/sim/lazy"
)

var nginxVariable = lazy.Regexp(`\$(?:\{(\w+)\}|(\w+))`)

// Nginx is the key that nginx makes of text: literals and variables, as in "$remote_addr:$server_port". A variable that is
// not known is taken for a value of each client's own.
func Nginx(text string) Template {
	var t Template
	literal := func(text string) {
		if text != "" {
			t = append(t, Part{From: Literal, Text: text})
		}
	}
	end := 0
	for _, at := range nginxVariable().FindAllStringIndex(text, -1) {
		literal(text[end:at[0]])
		end = at[1]
		t = append(t, variable(text[at[0]:at[1]]))
	}
	literal(text[end:])
	return t
}

// variable is the part that a variable such as $remote_addr or ${remote_addr} stands for.
func variable(written string) Part {
	name := strings.Trim(written, "${}")
	p := Part{From: Own, Name: written}
	if same, ok := constants[name]; ok {
		p.From, p.Text = Literal, same
		return p
	}
	switch name {
	case "remote_addr":
		p.From = Seen
	case "binary_remote_addr":
		p.From, p.Binary = Seen, true
	case "realip_remote_addr":
		p.From = Peer
	case "proxy_protocol_addr":
		p.From = Forwarded
	case "proxy_add_x_forwarded_for":
		p.From = Appended
	case "request_uri", "request":
		p.Of = sim.URIText
	case "uri", "document_uri", "request_filename":
		p.Of = sim.PathText
	default:
		if header, ok := strings.CutPrefix(name, "http_"); ok && IsAddressHeader(strings.ReplaceAll(header, "_", "-")) {
			p.From = Forwarded
		} else if perRequest[name] {
			p.From = Random
		}
	}
	return p
}

// hostNames are variables that name the site, which has one name as a rule.
var hostNames = map[string]bool{"host": true, "http_host": true, "proxy_host": true}

// constants are variables that are the same in all requests to one server block, with their usual values.
var constants = map[string]string{
	"server_port": "80", "scheme": "http", "server_protocol": "HTTP/1.1", "server_name": "", "server_addr": "", "hostname": "",
	"nginx_version": "", "https": "", "proxy_protocol_server_addr": "", "proxy_protocol_server_port": "80",
}

// perRequest are variables whose value is new with each request or connection.
var perRequest = map[string]bool{
	"request_id": true, "connection": true, "connection_requests": true, "connection_time": true, "msec": true, "request_time": true,
	"remote_port": true, "realip_remote_port": true, "proxy_protocol_port": true, "time_local": true, "time_iso8601": true,
	"bytes_sent": true, "request_length": true, "pid": true,
}
