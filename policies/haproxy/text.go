package haproxy

import (
	"strings"

	"stickysim/policies"
	"stickysim/policies/keys"
	"stickysim/sim"
)

// Header is `balance hdr(name)`: a hash of a request header, where it is present. Of a list with commas the first value is
// hashed.
type Header struct {
	Options `yaml:",inline"`
	Hashing `yaml:",inline"`
	Name    string `yaml:"name" doc:"name of the header; X-Forwarded-For and the like hold the client's address, others a value that every client has for itself"`
}

// New makes an instance.
func (c Header) New(env sim.Env) sim.Balancer {
	return newBackend(c.Options, newHeaderHashed(c.Hashing, c.Name), env)
}

func newHeaderHashed(h Hashing, name string) *hashed {
	return newTextHashed(h, h.header(name), firstValue)
}

var _ = policies.Register("haproxy/hdr", Header{Options: DefaultOptions(), Hashing: DefaultHashing()},
	hashDoc("a request header", "get_server_hh", policies.KeyHash))

// URLParam is `balance url_param name`: a hash of an argument of the URL. Request.Key is its value.
type URLParam struct {
	Options `yaml:",inline"`
	Hashing `yaml:",inline"`
}

// New makes an instance.
func (c URLParam) New(env sim.Env) sim.Balancer {
	return newBackend(c.Options, newParamHashed(c.Hashing), env)
}

var _ = policies.Register("haproxy/url_param", URLParam{DefaultOptions(), DefaultHashing()},
	hashDoc("a URL parameter", "get_server_ph", policies.KeyHash))

// Hash is `balance hash expression`: a hash of what a sample expression finds in Request.Key. Of src and hdr_ip the
// bytes of the address are hashed, with the hash function, other than in [Source].
type Hash struct {
	Options `yaml:",inline"`
	Hashing `yaml:",inline"`
	Key     string `yaml:"key" doc:"the expression: src or hdr_ip(NAME), or one such as req.hdr(X-Key) whose value requests carry as their key"`
}

// Identifies implements [policies.Identifier].
func (c Hash) Identifies() policies.Key { return identifies(c.Hashing.key(c.Key)) }

// New makes an instance.
func (c Hash) New(env sim.Env) sim.Balancer {
	return newBackend(c.Options, newExpressionHashed(c.Hashing, c.Key), env)
}

var _ = policies.Register("haproxy/hash", Hash{DefaultOptions(), DefaultHashing(), "req.hdr(X-Key)"},
	hashDoc("a sample expression", "get_server_expr", policies.KeyHash))

func newParamHashed(h Hashing) *hashed {
	a := newTextHashed(h, keys.OwnValue, whole)
	a.always = true
	return a
}

func newExpressionHashed(h Hashing, expression string) *hashed {
	a := newTextHashed(h, h.key(expression), partOf(expression))
	a.always = strings.HasPrefix(expression, "rdp_cookie") // balance rdp-cookie
	return a
}
