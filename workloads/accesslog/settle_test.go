package accesslog

import (
	"testing"
	"time"
)

// Of several variables with one meaning the finest counts, wherever it stands.
func TestVariablesOfOneMeaning(t *testing.T) {
	const clock = "[06/Feb/2026:12:14:14 +0000]"
	for _, x := range []struct {
		format, line string
		took         int32
		addr         string
		status       int
		nanos        int // of the logged time
		total        string
		ends         bool
	}{
		{`%h %t "%r" %>s %D %T`, `192.0.2.1 ` + clock + ` "GET / HTTP/1.1" 200 1234567 1`, 1234567, "192.0.2.1", 2, 0, "%D", false},
		{`%h %t "%r" %>s %T/%D`, `192.0.2.1 ` + clock + ` "GET / HTTP/1.1" 200 1/1234567`, 1234567, "192.0.2.1", 2, 0, "%D", false},
		{`%h %t "%r" %>s %{ms}T %T`, `192.0.2.1 ` + clock + ` "GET / HTTP/1.1" 200 1234 1`, 1234000, "192.0.2.1", 2, 0, "%{ms}T", false},
		{`%a %t "%r" %>s %{c}a %s`, `192.0.2.1 ` + clock + ` "GET / HTTP/1.1" 200 10.0.0.1 304`, -1, "192.0.2.1", 2, 0, "", false},
		{`%{c}a %t "%r" %s %a %>s`, `10.0.0.1 ` + clock + ` "GET / HTTP/1.1" 304 192.0.2.1 200`, -1, "192.0.2.1", 2, 0, "", false},
		{`%{c}a %t "%r" %s`, `10.0.0.1 ` + clock + ` "GET / HTTP/1.1" 304`, -1, "10.0.0.1", 3, 0, "", false},
		{`%h %t %{usec}t "%r" %>s`, `192.0.2.1 ` + clock + ` 1770380054123456 "GET / HTTP/1.1" 200`, -1, "192.0.2.1", 2, 123456000, "", false},
		{`%h %{end:msec}t "%r" %>s %D`, `192.0.2.1 1770380054123 "GET / HTTP/1.1" 200 5000`, 5000, "192.0.2.1", 2, 123000000, "%D", true},
		{`%h [%{%d/%b/%Y:%T}t.%{msec_frac}t %{%z}t] "%r" %>s`, `192.0.2.1 [06/Feb/2026:13:14:14.123 +0100] "GET / HTTP/1.1" 200`, -1, "192.0.2.1", 2, 123000000, "", false},
		{`$msec $remote_addr [$time_local] "$request" $status`, `1770380054.123 192.0.2.1 ` + clock + ` "GET / HTTP/1.1" 200`, -1, "192.0.2.1", 2, 123000000, "", true},
	} {
		l := one(t, x.line, Options{Format: x.format})
		eq(t, x.format+": took", l.Records.At(0).Took(), x.took)
		eq(t, x.format+": address", l.Clients[0].Addr.String(), x.addr)
		eq(t, x.format+": answers", l.Stats.Answers[x.status], 1)
		eq(t, x.format+": time", l.Stats.First, time.Date(2026, 2, 6, 12, 14, 14, x.nanos, time.UTC))
		eq(t, x.format+": duration", l.Stats.Total, x.total)
		eq(t, x.format+": stamps the end", l.Stats.StampsEnd, x.ends)
	}
}

// A log of JSON that has nginx's $msec beside a time in whole seconds is read by the finer one.
func TestMillisecondsOfJSON(t *testing.T) {
	l := one(t, `{"time_local":"06/Feb/2026:12:14:14 +0000","msec":"1770380054.623","remote_addr":"192.0.2.1","request":"GET / HTTP/1.1","status":"200"}`, Options{})
	eq(t, "time", l.Stats.First.Nanosecond(), 623000000)
	eq(t, "resolution", l.Stats.Resolution, time.Millisecond)
}

// The address of the connection can still be asked for by its name.
func TestTheOtherAddressHasAName(t *testing.T) {
	l := one(t, `192.0.2.1 [06/Feb/2026:12:14:14 +0000] "GET / HTTP/1.1" 200 10.0.0.1`, Options{Format: `%a %t "%r" %>s %{c}a`, Client: []Field{"%{c}a"}})
	eq(t, "name", l.Clients[0].Name, "10.0.0.1")
}
