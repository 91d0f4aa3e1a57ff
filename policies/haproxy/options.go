package haproxy

import (
	"fmt"
	"strings"

	"stickysim/sim"
)

// Options are the settings every HAProxy policy shares: what happens when a server cannot be reached, and backups.
type Options struct {
	Retries    int      `yaml:"retries" check:"min=0,max=100" doc:"connection retries after the first attempt"`
	Redispatch int      `yaml:"redispatch" check:"min=-100,max=100" doc:"option redispatch: which retries may go elsewhere; -1 = the last, n = every nth, 0 = none"`
	RetryDelay sim.Time `yaml:"retry_delay" check:"min=0" doc:"wait before a retry on the same server: the smaller of timeout connect and 1 s"`
	RetryOn    string   `yaml:"retry_on" check:"words=none|conn-failure|empty-response|response-timeout|503|all-retryable-errors" doc:"retry-on: failures after which the request is tried again: the connection fails (conn-failure), it breaks before the answer (empty-response), no answer in time (response-timeout), the server's queue is full (503); what has been sent is repeated whatever its method"`
	AllBackups bool     `yaml:"allbackups" doc:"option allbackups: balance over all backup servers, not the first only"`
}

// CheckOption implements [policies.OptionReader].
func (Options) CheckOption(name, value string) error {
	switch {
	case name == "maxqueue" && optionInt(value) == 0 && value != "0":
		return fmt.Errorf("%q is not a whole number from 0 on", value)
	case name == "slowstart" && optionTime(value) == 0 && strings.Trim(value, "0msh") != "":
		return fmt.Errorf("%q is not a time of HAProxy: want a number with ms, s, m, h or d, such as 30s; a number alone is in milliseconds", value)
	}
	return nil
}

// DefaultOptions returns HAProxy's own defaults: 3 retries of connections that fail, one second apart, on the same server.
func DefaultOptions() Options {
	return Options{Retries: 3, RetryDelay: sim.Second, RetryOn: "conn-failure"}
}

// failures is a set of outcomes.
type failures uint16

func (f failures) has(o sim.Outcome) bool { return f>>o&1 == 1 }

// parseRetryOn reads the words of retry-on.
func parseRetryOn(words string) (f failures) {
	for word := range strings.FieldsSeq(words) {
		switch word {
		case "conn-failure":
			f |= 1 << sim.Unreachable
		case "empty-response":
			f |= 1 << sim.Broken
		case "response-timeout":
			f |= 1 << sim.TimedOut
		case "503":
			f |= 1 << sim.Refused
		case "all-retryable-errors":
			f |= 1<<sim.Unreachable | 1<<sim.Broken | 1<<sim.TimedOut | 1<<sim.Refused
		}
	}
	return f
}

// Hashing says how the hash policies turn keys into servers: `hash-type` and `hash-balance-factor`.
type Hashing struct {
	HashType      string `yaml:"hash_type" check:"oneof=map-based|consistent" doc:"map-based: table of slots, modulo; consistent: ring"`
	Function      string `yaml:"function" check:"oneof=|sdbm|djb2|wt6|crc32|none" doc:"hash function; empty = sdbm, with avalanche where hash_type is consistent"`
	Avalanche     bool   `yaml:"avalanche" doc:"mix the function's result once more"`
	ForwardFor    string `yaml:"forwardfor" check:"oneof=|add|if-none" doc:"option forwardfor: the source address is in X-Forwarded-For before a key is taken from it; add: behind what is there; empty = no such option"`
	BalanceFactor int    `yaml:"balance_factor" check:"min=0,max=65535" doc:"hash-balance-factor: most load of a server in percent of the mean; 0 = no bound; only with consistent"`
}

// DefaultHashing returns HAProxy's own default: map-based, sdbm.
func DefaultHashing() Hashing { return Hashing{HashType: "map-based"} }

// Validate refuses what HAProxy refuses. Errors name the parameter.
func (h Hashing) Validate() error {
	if h.HashType != "map-based" && h.HashType != "consistent" {
		return fmt.Errorf("hash_type: must be map-based or consistent, got %q", h.HashType)
	}
	if _, ok := hashFuncs[h.Function]; !ok {
		return fmt.Errorf("function: must be sdbm, djb2, wt6, crc32 or none, got %q", h.Function)
	}
	if h.BalanceFactor != 0 && h.BalanceFactor <= 100 {
		return fmt.Errorf("balance_factor: must be above 100 (percent of the mean load), or 0 for no bound, got %d", h.BalanceFactor)
	}
	return nil
}

// mixes reports whether keys are mixed once more: without a function, consistent hashing does so always.
func (h Hashing) mixes() bool {
	return h.Avalanche || h.HashType == "consistent" && h.Function == ""
}
