package accesslog

import (
	"fmt"
	"strconv"
	"strings"
)

// Field names a part of a log line that can identify clients. Besides the constants it may be a variable as the format
// string writes it ("$cookie_sid", "%{sid}C"), or "extra1", "extra2", …: the fields behind the end of the format.
//
// Of JSON logs it may be any key, those of nested objects joined with dots; of W3C logs any name of the #Fields line.
type Field string

// The fields every format calls by the same name.
const (
	Address   Field = "address"         // $remote_addr, %h, %a
	UserAgent Field = "user-agent"      // $http_user_agent, %{User-Agent}i; for HAProxy the captured request headers
	User      Field = "user"            // $remote_user, %u: the authenticated user
	Referer   Field = "referer"         // $http_referer, %{Referer}i
	Forwarded Field = "x-forwarded-for" // $http_x_forwarded_for, %{X-Forwarded-For}i: the client behind a proxy
)

// Options says how to read a log. The zero value detects the format and identifies clients by address and user agent.
type Options struct {
	// Client lists the fields that together identify a client, at most 8; default: address and user-agent. A line on which
	// all of them are empty or "-" (no user is logged in) falls back to the default.
	Client []Field

	// Format is "" (detect), a name of [Formats], an nginx log_format string ('$remote_addr - $remote_user [$time_local] …') or
	// an Apache LogFormat string ("%h %l %u %t \"%r\" %>s %b"). The whole directive, name and quotes included, is accepted too.
	Format string

	MaxLine    int  // longest usable line in bytes, default 64 KiB; longer ones are skipped and counted
	MaxLines   int  // lines of the log, default 100 million (2.4 GB of records); more is an error
	MaxClients int  // distinct clients, default 10 million; more is an error
	KeepClock  bool // do not spread the requests of one second of a one-second clock
}

const (
	maxClientFields = 8
	lineLimit       = 1 << 20 // the read buffer, hence the largest MaxLine
)

func (o Options) withDefaults() (Options, error) {
	for _, n := range []struct {
		name     string
		value    *int
		def, max int
	}{
		{"MaxLine", &o.MaxLine, 64 << 10, lineLimit},
		{"MaxLines", &o.MaxLines, 100e6, 1<<31 - 1},
		{"MaxClients", &o.MaxClients, 10e6, 1<<31 - 1},
	} {
		if *n.value == 0 {
			*n.value = n.def
		}
		if int64(*n.value) < 0 || int64(*n.value) > int64(n.max) {
			return o, fmt.Errorf("%s: %d is not between 1 and %d", n.name, *n.value, n.max)
		}
	}
	if len(o.Client) == 0 {
		o.Client = []Field{Address, UserAgent}
	}
	if len(o.Client) > maxClientFields {
		return o, fmt.Errorf("client: %d fields; use at most %d", len(o.Client), maxClientFields)
	}
	return o, nil
}

// extra is the number of an "extraN" field, or 0.
func (f Field) extra() int {
	digits, ok := strings.CutPrefix(string(f), "extra")
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || n > 64 {
		return 0
	}
	return n
}
