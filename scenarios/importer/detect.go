package importer

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// mark is something that only one product writes.
type mark struct {
	product string
	text    *regexp.Regexp
}

// marks are tried in order: what is most telling comes first.
var marks = []mark{
	{"terraform", regexp.MustCompile(`(?m)^\s*(resource|module|data|provider|variable)\s+"[^"]+"`)},
	{"envoy", regexp.MustCompile(`(?m)"?(lb_policy|lbPolicy|load_assignment|loadAssignment|static_resources|staticResources)"?\s*:|type\.googleapis\.com/envoy`)},
	{"kubernetes", regexp.MustCompile(`(?m)^\s*"?apiVersion"?\s*:|\b[a-z-]+\.ingress\.kubernetes\.io/|service\.beta\.kubernetes\.io/`)},
	{"traefik", regexp.MustCompile(`(?m)\btraefik\.(enable|http|tcp)\b|^\s*\[+(http|tcp|udp|entryPoints|providers)(\.|\])|^(http|entryPoints|providers):\s*$|(?i)\bloadBalancer:\s*$`)},
	{"lighttpd", regexp.MustCompile(`(?m)^\s*(\$HTTP\[|(proxy\.(server|balance)|server\.modules)\s*\+?=)|proxy\.(server|balance)\s*=`)},
	{"apache", regexp.MustCompile(`(?mi)^\s*(<(Proxy|VirtualHost|IfModule|Location)\b|BalancerMember\s|ProxyPass\s|ProxySet\s|LoadModule\s)`)},
	{"nginx", regexp.MustCompile(`(?m)^\s*(upstream\s+\S+\s*\{|(http|events|stream)\s*\{|location\s.*\{|proxy_pass\s+\S+;|server\s+[^{}]*;|(ip_hash|least_conn)\s*;|(hash|sticky|random)\b[^{}]*;)`)},
	{"caddy", regexp.MustCompile(`\breverse_proxy\b|\blb_policy\b`)},
	{"haproxy", regexp.MustCompile(`(?m)^\s*((backend|listen|frontend|defaults)\b[^{]*$|global\s*$|balance\s+\S+|(default-)?server\s+\S+\s+\S+[^;{]*$|stick-table\s|use_backend\s)`)},
}

// Detect says which product a configuration is of, by its content and, where that does not tell, its name; "" when
// neither does.
func Detect(name string, data []byte) string {
	for _, m := range marks {
		if m.text.Match(data) {
			return m.product
		}
	}
	base := strings.ToLower(path.Base(name))
	for _, product := range Products() {
		if strings.Contains(base, product) {
			return product
		}
	}
	switch {
	case strings.HasPrefix(base, "httpd"):
		return "apache"
	case strings.HasSuffix(base, ".tf"):
		return "terraform"
	}
	return ""
}

// telling is how much of a file is looked at: enough for long comments at the top.
const telling = 1 << 20

func detectFile(fsys fs.FS, name string) (string, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return "", err
	}
	if info.IsDir() {
		return "haproxy", nil // the one product that reads directories
	}
	data, err := readSome(fsys, name, telling)
	if err != nil {
		return "", err
	}
	product := Detect(name, data)
	if product == "" {
		return "", fmt.Errorf("%s: cannot tell which product's configuration this is; say --type %s", name, strings.Join(Products(), "|"))
	}
	return product, nil
}
