package accesslog

import (
	"bytes"
	"net/netip"
	"time"
)

// Log is an access log ready for replay.
type Log struct {
	Records Records  // sorted by At; equal times keep the order of the log
	Clients []Client // indexed by Record.Client, in order of first appearance in the log
	Agents  []string // indexed by Client.Agent, escapes resolved; Agents[0] is "", a line without a user agent
	Stats   Stats
	Bad     BadLines
	Start   int64 // when the first record arrived, ns since 1970
}

// Record is one request: 24 bytes and no pointers, so that a hundred million of them cost the collector nothing.
type Record struct {
	At       int64  // arrival, ns since the first record
	Client   uint32 // index into Log.Clients
	Target   Target
	Total    int32 // µs from the arrival to the end of the answer, -1 when the log does not say
	Upstream int32 // µs the server behind took, whatever waiting it added included; -1 when the log does not say
}

// Demand is the time the server took, in µs: that of the server behind, or else of the whole request; -1 when the log does
// not say.
func (r Record) Demand() int32 {
	if r.Upstream >= 0 {
		return r.Upstream
	}
	return r.Total
}

// Took is the time from the arrival to the answer, in µs: that of the whole request, or else of the server behind; -1 when
// the log does not say.
func (r Record) Took() int32 {
	if r.Total >= 0 {
		return r.Total
	}
	return r.Upstream
}

// Target is what a request asks for: its method, and a hash of its URI that is the same on every machine. The hash has a part
// for the path and one for the query.
type Target uint32

const methodBits = 4

// QueryBits are the lower bits of [Target.URI] that stand for the query; 0 = none.
const QueryBits = 12

func targetOf(m Method, uri []byte) Target {
	if len(uri) == 0 {
		return Target(m)
	}
	path, query, _ := bytes.Cut(uri, []byte("?"))
	h := max(1, uint32(hash64(path)&0xffff)) << QueryBits
	if len(query) > 0 {
		h |= uint32(hash64(query) & (1<<QueryBits - 1))
	}
	return Target(h<<methodBits) | Target(m)
}

// Method is the request's method.
func (t Target) Method() Method { return Method(t & (1<<methodBits - 1)) }

// URI is a hash of the request target as logged, query included, without scheme and host; 0 = the log does not have it. Equal
// paths have the same bits above [QueryBits].
func (t Target) URI() uint32 { return uint32(t >> methodBits) }

// Client is a user, as identified by the fields of Options.Client.
type Client struct {
	Addr     netip.Addr // address of the client's first request; the zero Addr when the log has a host name instead
	Name     string     // the host name and the values of other named fields; empty when Addr and Agent say it all
	Agent    uint32     // index into Log.Agents: the agent of the client's first request
	Requests int
}

// Stats says what was read.
type Stats struct {
	Format       string        // a name that Options.Format knows, or the format string given
	Wrapping     string        // what the lines are wrapped in, such as "Kubernetes CRI"; "" = nothing
	Lines        int           // all lines, the last one with or without a line end
	Blank        int           // empty lines
	Parts        int           // lines that a collector had split off: the next one of their stream continues them
	Other        int           // well-formed lines that are no request, such as a proxy's start message
	OutOfOrder   int           // records whose logged time lies before that of the record above
	MaxBackward  time.Duration // the largest such step back
	Copies       int           // how many times the log holds most of its requests; 0 = once
	Unterminated int           // records kept although the closing quote of the last field is missing
	First, Last  time.Time     // earliest and latest logged time, UTC
	Resolution   time.Duration // of the log's clock: 1 s, 1 ms, 1 µs or 1 ns, the coarsest that fits every record
	StampsEnd    bool          // whether the log gives the time of the answer instead of the arrival
	Spread       bool          // whether the requests of one second were spread over it

	Total, Upstream string // what the log calls the durations of a whole request and of the server behind; "" = it has none
	Timed           int    // records with a duration
	Forwarded       int    // records with an X-Forwarded-For
	Listed          int    // records with a list of addresses in place of one, as X-Forwarded-For has: the first is taken
	ListedLine      int    // the line of the first of them
	Anonymous       int    // records without any of the fields of Options.Client, which the default identifies
	Answers         [6]int // records by the first digit of their status; 0 for none
	Methods         [methods]int

	Unread     int     // records with text behind the end of the format, or a duration whose unit is not known
	UnreadText string  // the first of them, at most 60 bytes, or the key of the duration
	UnreadLine int     // its line
	UnreadPeer Field   // the field behind the end that holds another address than the line's; "" = none does
	Mixed      []Mixed // other known formats among the bad lines
}

// Mixed is a second format in a log.
type Mixed struct {
	Format string
	Lines  int
	First  int // line
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
	methods
)

var methodNames = [...]string{"other", "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"}

// String is the method as HTTP writes it, or "other".
func (m Method) String() string {
	if int(m) < len(methodNames) {
		return methodNames[m]
	}
	return methodNames[MethodOther]
}

// Idempotent reports whether sending a request twice does no more harm than sending it once (RFC 9110, section 9.2.2). known is
// false for methods that HTTP does not define.
func (m Method) Idempotent() (idempotent, known bool) {
	switch m {
	case MethodOther:
		return false, false
	case MethodPost, MethodPatch, MethodConnect:
		return false, true
	}
	return true, true
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
