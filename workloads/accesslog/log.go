package accesslog

import (
	"net/netip"
	"time"
)

// Log is an access log ready for replay.
type Log struct {
	Records []Record // sorted by At; equal times keep the order of the log
	Clients []Client // indexed by Record.Client, in order of first appearance in the log
	Agents  []string // indexed by Client.Agent, escapes resolved; Agents[0] is "", a line without a user agent
	Stats   Stats
	Bad     BadLines
	Start   int64 // when the first record arrived, ns since 1970
}

// Record is one request: 24 bytes and no pointers, so that a hundred million of them cost the collector nothing.
type Record struct {
	At     int64  // arrival, ns since the first record
	Client uint32 // index into Log.Clients
	URI    uint32 // hash of the request target as logged, query included; the same on every machine
	Demand int32  // µs the server took, -1 when the log does not say; includes whatever waiting the real server added
	Status uint16 // HTTP status, 0 when logged as "-"
	Method Method
}

// Client is a user, as identified by the fields of Options.Client.
type Client struct {
	Addr     netip.Addr // address of the client's first request; the zero Addr when the log has a host name instead
	Name     string     // the host name and the values of other named fields; empty when Addr and Agent say it all
	Agent    uint32     // index into Log.Agents: the agent of the client's first request
	Requests int
}

// Stats says what was read.
type Stats struct {
	Format       string        // "combined", "vhost_combined", "haproxy", "caddy", or the format string given
	Lines        int           // all lines, the last one with or without a line end
	Blank        int           // empty lines
	Other        int           // well-formed lines that are no request, such as a proxy's start message
	OutOfOrder   int           // records whose logged time lies before that of the record above
	MaxBackward  time.Duration // the largest such step back
	Unterminated int           // records kept although the closing quote of the last field is missing
	First, Last  time.Time     // earliest and latest logged time, UTC
	Resolution   time.Duration // of the log's clock: 1 s, 1 ms, 1 µs or 1 ns, the coarsest that fits every record
	StampsEnd    bool          // whether the log gives the time of the answer instead of the arrival
	Spread       bool          // whether the requests of one second were spread over it
}

// Method is an HTTP request method.
type Method uint8

// The distinguished methods; everything else, broken requests included, is MethodOther.
const (
	MethodOther Method = iota
	MethodGet
	MethodHead
	MethodPost
	MethodPut
	MethodDelete
	MethodConnect
	MethodOptions
	MethodTrace
	MethodPatch
)

var methodNames = [...]string{"other", "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"}

// String is the method as HTTP writes it, or "other".
func (m Method) String() string {
	if int(m) < len(methodNames) {
		return methodNames[m]
	}
	return methodNames[MethodOther]
}

// methodOf reads a method name; HTTP methods are case-sensitive (RFC 9110 §9.1).
func methodOf(b []byte) Method {
	switch string(b) {
	case "GET":
		return MethodGet
	case "HEAD":
		return MethodHead
	case "POST":
		return MethodPost
	case "PUT":
		return MethodPut
	case "DELETE":
		return MethodDelete
	case "CONNECT":
		return MethodConnect
	case "OPTIONS":
		return MethodOptions
	case "TRACE":
		return MethodTrace
	case "PATCH":
		return MethodPatch
	}
	return MethodOther
}
