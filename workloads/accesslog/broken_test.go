package accesslog

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

const good = `192.0.2.1 - - [02/Jan/2026:03:04:05 +0100] "GET /a HTTP/1.1" 200 5 "-" "x"` + "\n"

func zip(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, text)
	_ = z.Close()
	return b.String()
}

// TestBadLines: each broken line is counted once, under its reason, with its place.
func TestBadLines(t *testing.T) {
	bad := []struct {
		text   string
		reason Reason
		column int
	}{
		{` "curl/7.54.0"`, BadAddress, 1},
		{`192.0.2.1 - - [32/Jan/2026:03:04:05 +0100] "GET /a HTTP/1.1" 200 5`, BadTime, 16},
		{`192.0.2.1 - - [02/Jan/2026:03:04:05 +0100] "GET /a HTTP/1.1" 2OO 5`, BadStatus, 62},
		{`192.0.2.1 - - [02/Jan/2026:03:04:05 +0100] "GET /a HTTP/1.1" 200 five`, BadNumber, 66},
		{`192.0.2.1 - - [02/Jan/2026:03:04:05 +0100] "GET /a HT`, Short, 45},
		{`192.0.2.1 - - [02/Jan/2026:03:04:05 +0100] "GET /a HTTP/1.1" 200 5 "http://re`, Short, 69},
		{"192.0.2.1 - - [02/Jan/2026:03:04:05 +0100] \"GET /\x00\x00", Binary, 50},
		{good[:40] + strings.Repeat("x", 70000), TooLong, 1},
	}
	text := ""
	for _, b := range bad {
		text += good + b.text + "\n" + good + "\r\n"
	}
	l := one(t, text, Options{})
	eq(t, "records", l.Records.Len(), 2*len(bad))
	eq(t, "bad", l.Bad.Total, len(bad))
	eq(t, "blank", l.Stats.Blank, len(bad))
	for i, b := range bad {
		found := false
		for _, c := range l.Bad.Counts {
			for _, e := range c.Examples {
				if e.Line == 4*i+2 {
					found = true
					eq(t, "reason of "+b.text[:13], c.Reason, b.reason)
					eq(t, "column of "+b.text[:13], e.Column, b.column)
				}
			}
		}
		if !found {
			t.Errorf("no example for line %d", 4*i+2)
		}
	}
	if report := l.Bad.String(); !strings.Contains(report, "line 2, column 1: address: no address") {
		t.Errorf("report %q does not name the first line", report)
	}
}

// TestRefused: what is no access log gets one error that says what it is.
func TestRefused(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", "empty"},
		{"empty gzip", zip(""), "empty"},
		{"blank lines", "\n\n\n", "no request in 3 lines"},
		{"prose", strings.Repeat("To be, or not to be.\n", 20), "20 of all 20 lines are unusable"},
		{"most lines broken", good + "x\nx\n", "2 of all 3 lines"},
		{"most of the first thousand", strings.Repeat("x\n"+good+"x\n", 2000), "667 of the first 1000"},
		{"NUL bytes", strings.Repeat("\x00\x01\n", 50), "NUL byte"},
		{"UTF-16", "\xff\xfe1\x009\x00", "UTF-16"},
		{"zip", "PK\x03\x04rest", "zip archive"},
		{"zstd in gzip", zip("\x28\xb5\x2f\xfd...."), "zstd"},
		{"gzip header", "\x1f\x8b\x08", "gzip header"},
		{"no line end", zip(strings.Repeat("x", longestGap+lineLimit)), "no line end within 64 MiB"},
	} {
		l, err := Read(strings.NewReader(test.text), Options{})
		if l != nil || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: Read = %v, %v; want an error with %q", test.name, l != nil, err, test.want)
		}
	}
}

// TestHalfBroken: as many broken lines as usable ones is the limit.
func TestHalfBroken(t *testing.T) {
	eq(t, "records", one(t, strings.Repeat("x\n"+good, 1500), Options{}).Records.Len(), 1500)
}

// TestCut: data that stop early give an error and what was read; no line is lost or invented.
func TestCut(t *testing.T) {
	var text strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&text, `192.0.2.%d - - [02/Jan/2026:03:04:05 +0100] "GET /%d HTTP/1.1" 200 5 "-" "agent %d"`+"\n", i%250, i*i*7919, i%17)
	}
	whole := zip(text.String())
	want := one(t, whole, Options{})
	for size := len(whole) / 10; size < len(whole); size += len(whole) / 23 {
		l, err := Read(strings.NewReader(whole[:size]), Options{})
		if !errors.Is(err, ErrCut) || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("%d of %d bytes: %v; want ErrCut", size, len(whole), err)
		}
		if l == nil {
			continue // nothing decompressed yet
		}
		checkInvariants(t, l)
		for i, r := range l.Records.All() {
			if r.Target != want.Records.At(i).Target || r.Client != want.Records.At(i).Client {
				t.Fatalf("%d of %d bytes: record %d is %+v; want %+v", size, len(whole), i, r, want.Records.At(i))
			}
		}
	}
	l, err := Read(strings.NewReader(whole+"garbage"), Options{})
	if !errors.Is(err, ErrCut) || l.Records.Len() != 3000 {
		t.Errorf("garbage behind gzip: %v", err)
	}
	eq(t, "members", one(t, whole+whole, Options{}).Records.Len(), 6000)
}

func TestBounds(t *testing.T) {
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{MaxLines: 2}, "more than 2 lines"},
		{Options{MaxClients: 1}, "line 2: more than 1 clients"},
	} {
		_, err := Read(strings.NewReader(good+strings.Replace(good, `"x"`, `"y"`, 1)+good), test.o)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("Read(%+v) = %v; want an error with %q", test.o, err, test.want)
		}
	}
	long := strings.Replace(good, `"x"`, `"`+strings.Repeat("x", 60000)+`"`, 1)
	l := one(t, long+strings.Replace(long, `xx"`, `xy"`, 1)+long, Options{})
	eq(t, "clients with long agents", len(l.Clients), 2)
	if n := len(l.Agents[1]); n > longestKey {
		t.Errorf("an agent keeps %d bytes; want at most %d", n, longestKey)
	}
	eq(t, "BOM, CRLF, no last line end", one(t, "\xef\xbb\xbf"+strings.ReplaceAll(good+good, "\n", "\r\n")+strings.TrimSpace(good), Options{}).Records.Len(), 3)
}
