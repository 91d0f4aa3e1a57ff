package haproxy

import (
	"stickysim/policies"
	"stickysim/policies/keys"
	"stickysim/sim"
)

// URI is `balance uri`: a hash of the request target. Request.Key is the target.
type URI struct {
	Options `yaml:",inline"`
	Hashing `yaml:",inline"`
	URIPart `yaml:",inline"`
}

// URIPart says which part of the request target `balance uri` hashes.
type URIPart struct {
	Len   int  `yaml:"len" check:"min=0" doc:"hash only so many leading characters; 0 = all"`
	Depth int  `yaml:"depth" check:"min=0" doc:"hash only so many directories; 0 = all"`
	Whole bool `yaml:"whole" doc:"hash the query string too"`
}

// New makes an instance.
func (c URI) New(env sim.Env) sim.Balancer {
	return newBackend(c.Options, newTextHashed(c.Hashing, c.URIPart.key(), c.URIPart.cut), env)
}

var _ = policies.Register("haproxy/uri", URI{Options: DefaultOptions(), Hashing: DefaultHashing()},
	hashDoc("the URI", "get_server_uh", policies.KeyHash))

func (p URIPart) key() keys.Template {
	if p.Whole {
		return keys.Target(sim.URIText)
	}
	return keys.Target(sim.PathText)
}

// cut returns the part that is hashed: at most Len characters, up to the slash behind Depth directories, and not the
// query unless Whole.
func (p URIPart) cut(target []byte) (text []byte, ok bool) {
	if p.Len > 0 && len(target) > p.Len {
		target = target[:p.Len]
	}
	slashes := 0
	for i, c := range target {
		if c == '/' {
			if slashes++; p.Depth > 0 && slashes == p.Depth+1 {
				return target[:i], true
			}
		} else if c == '?' && !p.Whole {
			return target[:i], true
		}
	}
	return whole(target)
}
