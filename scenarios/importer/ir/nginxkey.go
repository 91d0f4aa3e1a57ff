package ir

import (
	"strings"

	"stickysim/policies/keys"
)

// NginxKey says where a key comes from that is written in nginx's words, as in "$remote_addr:$server_port", and what its
// parts are. Of several parts, the one that tells most about the client gives the kind.
func NginxKey(text string) (KeySource, keys.Template) {
	parts := keys.Nginx(text)
	k := KeySource{Kind: "none"}
	for _, p := range parts {
		if one := nginxKeyOf(p); keyRank[one.Kind] > keyRank[k.Kind] {
			k = one
		}
	}
	if k.Kind == "address" && !parts.OfAddress() {
		k.Kind = "header"
	}
	k.Text, k.Address = text, parts.HoldsAddress() && k.Kind != "address"
	return k, parts
}

// keyRank orders the kinds of parts by how much they tell about a client.
var keyRank = map[string]int{"none": 0, "address": 1, "uri": 2, "header": 3, "argument": 4, "cookie": 5}

// nginxKeyOf says what of a request a part of a key stands for.
func nginxKeyOf(p keys.Part) KeySource {
	k := KeySource{}
	switch p.From {
	case keys.Literal, keys.Random:
		return KeySource{Kind: "none"}
	case keys.Seen, keys.Peer:
		return KeySource{Kind: "address"}
	case keys.Appended:
		return KeySource{Kind: "header", Name: "X-Forwarded-For"}
	}
	switch name := strings.Trim(p.Name, "${}"); name {
	case "proxy_protocol_addr":
		k.Kind = "header"
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
