package ingressnginx

import (
	"errors"
	"hash/crc32"
	"strconv"

	"stickysim/policies"
	"stickysim/policies/internal/ketama"
	"stickysim/policies/internal/recall"
	"stickysim/policies/keys"
	"stickysim/sim"
	"stickysim/sim/prefetch"
)

var _ = policies.Register("ingress-nginx/upstream-hash-by", HashBy{Key: "text", SubsetSize: 3}, policies.Doc{
	Summary: "upstream-hash-by: consistent hashing of an nginx variable over the ready pods",
	Detail: "A request without the variable is hashed as empty text: all of them go to one pod. With subset, the key chooses " +
		"a group of pods and each request a random pod of it.",
	Source: luaSource + "/chash.lua, chashsubset.lua",
	Key:    policies.KeyHash,
	Claims: policies.Claims{Sticky: true, Minimal: true},
})

// HashBy is an Ingress with the annotation upstream-hash-by.
type HashBy struct {
	Key        string `yaml:"key" doc:"what is hashed, as nginx writes it: $http_x_user, $request_uri$host; text = a text that every client has for itself; remote_addr and binary_remote_addr need no dollar"`
	Subset     bool   `yaml:"subset" doc:"upstream-hash-by-subset"`
	SubsetSize int    `yaml:"subset_size" check:"min=1,max=100000" doc:"upstream-hash-by-subset-size: pods of a group"`
}

// Identifies implements [policies.Identifier].
func (c HashBy) Identifies() policies.Key {
	if c.template().OfAddress() {
		return policies.KeyAddress
	}
	return policies.KeyHash
}

// Validate refuses an empty key.
func (c HashBy) Validate() error {
	if c.Key == "" {
		return errors.New("key: must say what is hashed, such as $remote_addr")
	}
	return nil
}

func (c HashBy) template() keys.Template {
	switch c.Key {
	case "text":
		return keys.OwnValue
	case "remote_addr", "binary_remote_addr":
		return keys.Nginx("$" + c.Key)
	}
	return keys.Nginx(c.Key)
}

// New makes an instance.
func (c HashBy) New(env sim.Env) sim.Balancer {
	return &hashBy{config: c, key: keys.Writer{Template: c.template()}}
}

type hashBy struct {
	retries
	config HashBy
	ring   ketama.Ring
	key    keys.Writer
	picks  recall.Table[sim.ClientID, int32] // nodes of the ring
}

// NeedsKey implements [sim.Keyed].
func (p *hashBy) NeedsKey() bool { return p.key.NeedsKey() }

// KeyText is part of [sim.Keyed].
func (p *hashBy) KeyText() sim.KeyText { return p.key.KeyText() }

// Rebuild implements [sim.Rebuilder].
func (p *hashBy) Rebuild(v *sim.View) {
	p.picks.Forget()
	p.ring.Reset()
	if p.config.Subset {
		groups := (len(v.Eligible) + p.config.SubsetSize - 1) / p.config.SubsetSize
		for g := range groups {
			p.ring.Add("set"+strconv.Itoa(g+1), int32(g), 1)
		}
	} else {
		for _, s := range v.Eligible {
			p.ring.Add(endpoint(v, s), int32(s), 1)
		}
	}
	p.ring.Sort()
}

// Prepare implements [sim.Preparer].
func (p *hashBy) Prepare(c sim.ClientID, soon *prefetch.Batch) { p.picks.Prepare(c, soon) }

// Reads implements [sim.Reader].
func (p *hashBy) Reads() sim.Needs {
	if p.config.Subset {
		return p.key.Reads() | sim.NeedsDraw
	}
	return p.key.Reads()
}

// Repeats implements [sim.Repeater]: a group of pods has one drawn for each request.
func (p *hashBy) Repeats() bool { return !p.config.Subset }

// Pick implements [sim.Balancer].
func (p *hashBy) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if len(v.Eligible) == 0 {
		return sim.NoServer
	}
	sum, _ := p.key.Sum(q)
	node, ok := p.picks.Find(q.Client, sum)
	if !ok {
		node = p.ring.Of(crc32.ChecksumIEEE(p.key.Of(q)))
		p.picks.Note(q.Client, sum, node)
	}
	if !p.config.Subset {
		return sim.ServerID(node)
	}
	// The last group is filled up with the first pods.
	i := int(node)*p.config.SubsetSize + q.Draw.IntN(p.config.SubsetSize)
	return v.Eligible[i%len(v.Eligible)]
}
