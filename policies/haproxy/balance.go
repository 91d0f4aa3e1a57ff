package haproxy

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"stickysim/policies"
)

// Balance is a parsed `balance` line.
type Balance struct {
	Name  string // roundrobin, static-rr, leastconn, first, random, source, hdr, uri, url_param or hash
	Arg   string // header, parameter or expression
	Draws int    // of random
	URIPart
	Ignored []string // words that change nothing here, or that HAProxy itself has dropped
	Lost    []string // words that matter and are not understood
}

// ParseBalance reads what follows the word balance in HAProxy's configuration: "roundrobin", "hdr(X-Key)",
// "uri depth 2", "random(3)". Empty is roundrobin, HAProxy's default. Errors say what is wrong with it.
func ParseBalance(text string) (Balance, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		words = []string{"roundrobin"}
	}
	name, arg, inside := strings.Cut(words[0], "(")
	if inside && !strings.HasSuffix(arg, ")") {
		return Balance{}, fmt.Errorf("%q has no closing parenthesis", clip(words[0]))
	}
	b := Balance{Name: name, Arg: strings.TrimSuffix(arg, ")")}
	rest := words[1:]
	var err error
	switch name {
	case "roundrobin", "static-rr", "leastconn", "first", "source":
	case "random":
		b.Draws, err = b.draws()
	case "hdr":
		if b.Arg == "" {
			return b, fmt.Errorf("hdr needs the name of a header, as in hdr(X-Key)")
		}
		if len(rest) > 0 && rest[0] == "use_domain_only" {
			b.Lost, rest = rest[:1], rest[1:]
		}
	case "uri":
		rest, err = b.uri(rest)
	case "url_param":
		rest, err = b.param(rest)
	case "hash":
		if len(rest) == 0 {
			return b, fmt.Errorf("hash needs a sample expression, as in hash req.hdr(X-Key)")
		}
		b.Arg, rest = strings.Join(rest, " "), nil
	case "rdp-cookie":
		b.Name = "hash"
		if b.Arg == "" {
			b.Arg = "mstshash"
		}
		b.Arg = "rdp_cookie(" + b.Arg + ")"
	default:
		return b, fmt.Errorf("unknown algorithm %q; the algorithms are roundrobin, static-rr, leastconn, first, random, "+
			"source, hdr(NAME), uri, url_param, hash and rdp-cookie", clip(name))
	}
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%s does not take %q", name, clip(rest[0]))
	}
	return b, err
}

func (b *Balance) draws() (int, error) {
	if b.Arg == "" {
		return 2, nil
	}
	n, err := strconv.Atoi(b.Arg)
	if err != nil || n < 1 || n > 1000 {
		return 0, fmt.Errorf("random(%s): must be a number of draws from 1 to 1000", clip(b.Arg))
	}
	return n, nil
}

func (b *Balance) uri(words []string) ([]string, error) {
	for len(words) > 0 {
		switch word := words[0]; word {
		case "whole":
			b.Whole = true
		case "path-only":
			b.Ignored = append(b.Ignored, word)
		case "len", "depth":
			if len(words) < 2 {
				return nil, fmt.Errorf("uri %s needs a number", word)
			}
			n, err := strconv.Atoi(words[1])
			if err != nil || n < 1 || n > math.MaxInt32 {
				return nil, fmt.Errorf("uri %s: must be a positive number, got %q", word, clip(words[1]))
			}
			if word == "len" {
				b.Len = n
			} else {
				b.Depth = n
			}
			words = words[1:]
		default:
			return words, nil
		}
		words = words[1:]
	}
	return nil, nil
}

func (b *Balance) param(words []string) ([]string, error) {
	if len(words) == 0 {
		return nil, fmt.Errorf("url_param needs the name of a parameter")
	}
	b.Arg, words = words[0], words[1:]
	if len(words) > 0 && words[0] == "check_post" {
		b.Lost, words = words[:1], words[1:]
		if len(words) > 0 {
			words = words[1:] // the former size limit
		}
	}
	return words, nil
}

// Config returns the registry's policy for the line.
func (b Balance) Config(o Options, h Hashing) (name string, cfg policies.Config) {
	switch name = "haproxy/" + b.Name; b.Name {
	case "static-rr":
		return name, StaticRR{o}
	case "leastconn":
		return name, LeastConn{o}
	case "first":
		return name, First{o}
	case "random":
		return name, Random{o, b.Draws, h.BalanceFactor}
	case "source":
		return name, Source{o, h}
	case "hdr":
		return name, Header{o, h, b.Arg}
	case "uri":
		return name, URI{o, h, b.URIPart}
	case "url_param":
		return name, URLParam{o, h}
	case "hash":
		return name, Hash{o, h, b.Arg}
	}
	return name, RoundRobin{o}
}

// algorithm makes an instance of the algorithm.
func (b Balance) algorithm(h Hashing) algorithm {
	switch b.Name {
	case "static-rr":
		return &staticRR{}
	case "leastconn":
		return &leastConn{}
	case "first":
		return &first{}
	case "random":
		return &random{newRing(h.BalanceFactor), b.Draws}
	case "source":
		return newHashed(h, false, addressHash)
	case "uri":
		return newTextHashed(h, b.URIPart.key(), b.URIPart.cut)
	case "hash":
		return newExpressionHashed(h, b.Arg)
	case "hdr":
		return newHeaderHashed(h, b.Arg)
	case "url_param":
		return newParamHashed(h)
	}
	return &roundRobin{}
}

// clip shortens text for an error message.
func clip(text string) string {
	const most = 60
	if len(text) <= most {
		return text
	}
	return text[:most] + "..."
}
