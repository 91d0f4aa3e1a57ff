package nginx

import (
	"fmt"
	"strconv"
	"strings"

	"stickysim/sim"
)

// Retrying holds the parameters that every nginx policy shares: what happens to a request whose attempt has failed.
type Retrying struct {
	NextUpstream bool     `yaml:"next_upstream" doc:"try another server after a failed attempt; false is proxy_next_upstream off"`
	On           string   `yaml:"next_upstream_on" check:"words=error|timeout|http_503|non_idempotent|connect" doc:"after which failures (proxy_next_upstream): connections that fail or break (error), no answer in time (timeout), the server's queue is full (http_503), or connections that cannot be made alone, which are then the only failures that count (connect: the stream module); what has been sent is repeated if it is idempotent, or always (non_idempotent)"`
	Tries        int      `yaml:"next_upstream_tries" check:"min=0" doc:"most attempts of a request; 0 = one per server"`
	Timeout      sim.Time `yaml:"next_upstream_timeout" check:"min=0" doc:"no further attempt once a request has taken so long; 0 = no limit"`
}

// CheckOption implements [policies.OptionReader].
func (Retrying) CheckOption(name, value string) error {
	switch name {
	case "max_fails":
		if n, err := strconv.Atoi(value); err != nil || n < 0 {
			return fmt.Errorf("%q is not a whole number from 0 on", value)
		}
	case "fail_timeout":
		_, err := ParseSeconds(value)
		return err
	}
	return nil
}

// DefaultRetrying returns nginx's own default: each server is tried once, after errors and timeouts.
func DefaultRetrying() Retrying { return Retrying{NextUpstream: true, On: "error timeout"} }

// conditions are the words of proxy_next_upstream.
type conditions struct{ failure, timeout, refused, nonIdempotent, connect bool }

func newConditions(words string) (c conditions) {
	for word := range strings.FieldsSeq(words) {
		switch word {
		case "error":
			c.failure = true
		case "timeout":
			c.timeout = true
		case "http_503":
			c.refused = true
		case "non_idempotent":
			c.nonIdempotent = true
		case "connect":
			c.connect = true
		}
	}
	return c
}

// repeats reports whether a request may be sent to another server after an attempt that ended with o. A connection that
// cannot be made is an error where the port refuses and a timeout where the host is silent; either word covers it.
func (c conditions) repeats(q *sim.Request, o sim.Outcome) bool {
	switch o {
	case sim.Unreachable:
		return c.failure || c.timeout || c.connect
	case sim.Broken:
		return c.failure && (q.Idempotent || c.nonIdempotent)
	case sim.TimedOut:
		return c.timeout && (q.Idempotent || c.nonIdempotent)
	case sim.Refused:
		return c.refused && (q.Idempotent || c.nonIdempotent)
	}
	return false
}

// fails reports whether an attempt that ended with o counts against its server.
func (c conditions) fails(o sim.Outcome) bool {
	return o == sim.Unreachable || !c.connect && (o == sim.Broken || o == sim.TimedOut) || o == sim.Refused && c.refused
}
