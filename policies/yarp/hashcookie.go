package yarp

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/cespare/xxhash/v2"

	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("yarp/hash-cookie", HashCookie{defaultAffinity(), Lifetime{}}, affinityDoc("HashCookie", "HashCookie",
	"a cookie holds a hash of the destination's name, the default",
	"The hash is xxHash64 of the name in capitals."))

// HashCookie is a cluster with session affinity HashCookie.
type HashCookie struct {
	Affinity `yaml:",inline"`
	Lifetime `yaml:",inline"`
}

// New makes an instance.
func (c HashCookie) New(env sim.Env) sim.Balancer {
	return &hashedAffinity{newAffinity(c.Affinity, c.TTL, env), func(name string) string {
		return fmt.Sprintf("%016x", xxhash.Sum64(unicode(strings.ToUpper(name))))
	}}
}

// unicode is .NET's Encoding.Unicode: UTF-16, little endian.
func unicode(text string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}
