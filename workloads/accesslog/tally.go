package accesslog

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// tally counts a record in the statistics.
func (b *builder) tally(l *line) {
	s := &b.Stats
	s.Resolution = resolution(s.Resolution, l.at)
	s.Answers[min(l.status/100, 5)]++
	s.Methods[l.method]++
	if l.unterminated {
		s.Unterminated++
	}
	if l.total >= 0 || l.upstream >= 0 {
		s.Timed++
	}
	if !empty(l.text[slotForwarded]) {
		s.Forwarded++
	}
	if l.listed {
		if s.Listed++; s.Listed == 1 {
			s.ListedLine = b.lineNumber()
		}
	}
	if len(l.unread) == 0 {
		return
	}
	if s.Unread++; s.Unread == 1 {
		s.UnreadLine, s.UnreadText = b.lineNumber(), string(l.unread[:min(60, len(l.unread))])
		s.UnreadPeer = peer(l.unread, l.text[slotAddress])
	}
}

// peer finds the field behind the end of a format that holds an address, and not the line's own.
func peer(unread, own []byte) Field {
	for i := 1; i <= 4 && len(unread) > 0; i++ {
		one := unread
		if unread[0] == '"' {
			var rest []byte
			one, rest, _ = bytes.Cut(unread[1:], []byte(`"`))
			unread = bytes.TrimLeft(rest, " ")
		} else {
			one, unread = word(unread)
		}
		first, _, _ := bytes.Cut(one, []byte(","))
		if plausibleIP(first) && !bytes.Equal(first, own) {
			return Field("extra" + strconv.Itoa(i))
		}
	}
	return ""
}

// judge refuses an input of which more than half is unusable.
func (b *builder) judge(which string) error {
	usable := b.Records.n
	switch {
	case usable > 0 && b.Bad.Total <= usable:
		return nil
	case b.Stats.Lines == 0:
		return errors.New("the log is empty")
	case b.Bad.Total == 0 && which == "all":
		return fmt.Errorf("no request in %d lines", b.Stats.Lines)
	case b.Bad.Total == 0:
		return nil
	}
	return fmt.Errorf("%d of %s %d lines are unusable as format %s; the first at %s; %w",
		b.Bad.Total, which, b.Stats.Lines, b.Stats.Format, b.Bad.First(), ErrFormat)
}

// finish brings the records into the order and the clock of their arrivals.
func (b *builder) finish() *Log {
	b.Clients, b.Agents = b.clients.clients, b.clients.agents
	b.Stats.Anonymous = b.clients.anonymous
	b.Stats.First, b.Stats.Last = time.Unix(0, b.min).UTC(), time.Unix(0, b.max).UTC()
	r := &b.Records
	sortRecords(r)
	b.Stats.Copies = copies(r)
	if b.Stats.Resolution == time.Second && !b.options.KeepClock {
		b.Stats.Spread = true
		spread(r)
	}
	if b.Stats.StampsEnd {
		for i := range r.n {
			x := r.at(i)
			x.At -= max(0, int64(x.Took())) * 1000
		}
		sortRecords(r)
	}
	b.Start = r.at(0).At
	for i := range r.n {
		r.at(i).At -= b.Start
	}
	return &b.Log
}

// Busiest is a client at the address that sends most of the log, if one sends more than half, and how many requests come
// from that address.
func (l *Log) Busiest() (c *Client, requests int) {
	votes := 0 // of the majority vote of Boyer and Moore
	for i := range l.Clients {
		one := &l.Clients[i]
		switch {
		case c != nil && one.besides(c):
			votes += one.Requests
		case votes < one.Requests:
			c, votes = one, one.Requests-votes
		default:
			votes -= one.Requests
		}
	}
	for i := range l.Clients {
		if l.Clients[i].besides(c) {
			requests += l.Clients[i].Requests
		}
	}
	return c, requests
}
