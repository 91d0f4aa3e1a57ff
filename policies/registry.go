// Package policies holds the routing policies: affinity (which server an identified client belongs to), balancing
// (which server a request gets when affinity does not decide) and what happens when the chosen server is not available.
//
// A policy is one file. Its configuration is an exported struct whose literal in [Register] holds the defaults; New
// makes an instance, one per load balancer. Real products' own behaviour lives in a folder per product (nginx,
// haproxy, …) and registers here under "product/name"; importing stickysim/policies/all brings them all.
// The test of policies/all runs every registered policy through policytest.
//
// Floor 3.
package policies

import (
	"fmt"
	"slices"
	"strings"

	"stickysim/sim"
	"stickysim/sim/diag"
)

// Config is a policy's configuration. Implementations are structs passed by value whose exported fields carry tags:
//
//	yaml:"ttl"            the parameter's name in scenario files
//	check:"min=0,max=1"   bounds; also "oneof=a|b|c", and "policy=SET" for a Policy
//	doc:"..."             one line for `policies show`
//
// Field types understood by scenario files: bool, int, float64 (numbers, or "20%"), string, []string, sim.Time
// (durations such as "30m"), policies.Bytes and policies.Policy.
type Config interface {
	// New returns a fresh instance for one load balancer. It panics only on parameters that Check refuses.
	New(env sim.Env) sim.Balancer
}

// Validator is a Config with rules that tags cannot express. Errors name the parameter: `ttl: must be ...`.
type Validator interface{ Validate() error }

// Identifier is a Config whose parameters decide what it identifies clients by. Its defaults identify by Doc.Key.
type Identifier interface{ Identifies() Key }

// CookieValuer is a Config whose product identifies a server by a value in its configuration, and binds no client to a server
// without one.
type CookieValuer interface {
	CookieValue(i *sim.ServerInfo) string // the value; empty where there is none
	CookieValueHint() string              // how to give servers a value in a scenario
}

// Fitter is a Config whose product does not work with every fleet: with parameters that fit few servers, say.
type Fitter interface {
	Fits(servers []sim.ServerInfo) error // what is wrong with the fleet, and what helps; nil where nothing is
}

// OptionReader is a Config whose policy reads options of servers, and takes its default for values that it cannot read.
type OptionReader interface {
	CheckOption(name, value string) error // what is wrong with the value, and what would be right; nil for options of others
}

// Bytes is a size that scenario files write as "50KiB" or "1m".
type Bytes int64

// Doc says what a policy does and what it promises; policytest holds it to the promises.
type Doc struct {
	Summary string   // one line
	Also    []string // other words that people look for
	Detail  string   // a paragraph: behaviour, ties, cost, freshness; may be empty
	Source  string   // paper, or the product's documentation
	Key     Key      // what it identifies clients by; parameters can change that (see Identifier)
	Claims  Claims
}

// Key is what a policy identifies clients by.
type Key uint8

// The keys.
const (
	KeyNone    Key = iota // nothing: not sticky
	KeyAddress            // the source address
	KeyHash               // a header, argument, URI or other text of the request
	KeyCookie             // a cookie the balancer sets
)

var keyNames = [...]string{"none", "address", "header/param", "cookie"}

// String is the key's name in `policies list`.
func (k Key) String() string { return keyNames[k] }

// Claims are properties a policy declares. policytest checks each that is set.
type Claims struct {
	Uniform    bool    // new clients spread evenly over equal servers, within multinomial noise
	Weighted   bool    // new clients spread in proportion to weight
	Sticky     bool    // a returning client gets its server while that is up and membership is unchanged
	Sample     int     // picks the least loaded of this many sampled servers; -1 = of all
	LeaveMoves float64 // share of the remaining servers' clients that moves when one of n leaves; only with Minimal
	Minimal    bool    // leave and join move no client needlessly (beyond LeaveMoves, for tables such as Maglev's)
	LoadBound  float64 // no server has more than LoadBound × the mean in flight, rounded up; 0 = no bound
	StrictTurn bool    // equal servers are taken in turn: counts differ by at most 1
	Refuses    bool    // refuses clients whose server takes no new ones, though others do; policies without the claim find another
	Limit      bool    // no server gets a request beyond its limit (sim.ServerInfo); policies without the claim ignore limits
}

// Entry is a registered policy.
type Entry struct {
	Name    string
	Default Config // holds the default of every parameter
	Doc     Doc
}

var (
	registry = map[string]*Entry{}
	inOrder  []*Entry // of All
)

// Register adds a policy under a name such as "ip-hash" or "nginx/ip_hash". It is called from package variables;
// a name used twice is a programming error and panics.
func Register(name string, def Config, doc Doc) Entry {
	if _, dup := registry[name]; dup {
		panic(fmt.Sprintf("policies: %q is registered twice", name))
	}
	e := &Entry{Name: name, Default: def, Doc: doc}
	diag.Also(name, doc.Also...)
	if _, product, ok := strings.Cut(name, "/"); ok {
		diag.Also(name, product)
	}
	registry[name] = e
	at, _ := slices.BinarySearchFunc(inOrder, e, byProduct)
	inOrder = slices.Insert(inOrder, at, e)
	return *e
}

// byProduct orders textbook policies first, then by product, each sorted by name.
func byProduct(a, b *Entry) int {
	if pa, pb := strings.Contains(a.Name, "/"), strings.Contains(b.Name, "/"); pa != pb {
		if pb {
			return -1
		}
		return 1
	}
	return strings.Compare(a.Name, b.Name)
}

// Lookup finds a policy by name.
func Lookup(name string) (Entry, bool) {
	if e, ok := registry[name]; ok {
		return *e, true
	}
	return Entry{}, false
}

// All returns the registered policies: textbook ones first, then by product, each sorted by name.
func All() []Entry {
	list := make([]Entry, len(inOrder))
	for i, e := range inOrder {
		list[i] = *e
	}
	return list
}

// Names returns the names of All, in its order.
func Names() []string {
	names := make([]string, len(inOrder))
	for i, e := range inOrder {
		names[i] = e.Name
	}
	return names
}
