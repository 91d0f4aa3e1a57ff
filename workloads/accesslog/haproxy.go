package accesslog

import "bytes"

// haproxy reads HAProxy's HTTP log format (option httplog; configuration manual, section 8.2.3), with or without a syslog
// header in front:
//
//	… 10.0.1.2:33317 [06/Feb/2019:12:14:14.655] front back/srv 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {agent} {} "GET / HTTP/1.1"
//
// The date has no offset and is taken as UTC. It is when the request arrived. The server took the timer Tr, from the request
// sent to it to its response headers; the whole request took Ta. Lines of option tcplog are read, too: connections, which have
// neither status nor request, and took Tt. The first {…} block, the captured request headers, stands for the user agent.
type haproxy struct{}

func (haproxy) name() string    { return "haproxy" }
func (haproxy) stampsEnd() bool { return false }

func (haproxy) durations() (total, behind string) { return "Ta or Tt", "Tr" }

func (haproxy) slot(f Field) (slot, bool) {
	switch f {
	case Address:
		return slotAddress, true
	case UserAgent:
		return slotAgent, true
	}
	return slotNone, false
}

func (haproxy) parse(b []byte, l *line) fault {
	l.total, l.upstream, l.method, l.uri, l.text[slotAgent], l.status, l.plain, l.unread = -1, -1, MethodOther, nil, nil, 0, false, nil
	open := bytes.Index(b, []byte(" ["))
	if open < 0 {
		if bytes.Contains(b, []byte("haproxy[")) {
			return fault{reason: reasonOther} // "Proxy front started."
		}
		return fault{Mismatch, kindTime, 0}
	}
	// A syslog header has a " [" of its own at most in "haproxy[7]:", which has no space in front.
	l.text[slotAddress] = withoutPort(b[bytes.LastIndexByte(b[:open], ' ')+1 : open])
	if !plausibleIP(l.text[slotAddress]) && !plausibleName(l.text[slotAddress]) {
		return fault{BadAddress, kindAddress, 0}
	}
	pos := open + 2
	shut := bytes.IndexByte(b[pos:], ']')
	if shut < 0 {
		return fault{Short, kindTime, int32(len(b))}
	}
	var ok bool
	if l.at, ok = instant(b[pos : pos+shut]); !ok {
		return fault{BadTime, kindTime, int32(pos)}
	}
	return l.haproxyRest(b, pos+shut+1)
}

// haproxyRest reads what follows the date: frontend, backend/server, timers, status, six more words, captures, request.
func (l *line) haproxyRest(b []byte, pos int) fault {
	var words [4][]byte
	for i := range words {
		pos += len(b[pos:]) - len(bytes.TrimLeft(b[pos:], " "))
		end := bytes.IndexByte(b[pos:], ' ')
		if end < 0 {
			return fault{Short, kindStatus, int32(len(b))}
		}
		words[i] = b[pos : pos+end]
		if i == 0 && words[0][end-1] == ':' {
			return fault{reason: reasonOther} // "front/1: SSL handshake failure": a connection without a request
		}
		pos += end
	}
	timers := bytes.Split(words[2], []byte("/"))
	last := bytes.TrimPrefix(timers[len(timers)-1], []byte("+")) // option logasap
	var ok bool
	if l.total, ok = micros(last, 1e3); !ok || len(timers) != 3 && len(timers) != 5 {
		return fault{BadNumber, kindMillis, int32(pos)}
	}
	if len(timers) == 3 {
		return fault{}
	}
	if l.upstream, ok = micros(timers[3], 1e3); !ok {
		return fault{BadNumber, kindMillis, int32(pos)}
	}
	if l.upstream < 0 { // no server answered, so that the total is no service
		l.total = -1
	}
	if l.status, ok = statusOf(words[3]); !ok {
		return fault{BadStatus, kindStatus, int32(pos)}
	}
	rest := b[pos:]
	quote := bytes.Index(rest, []byte(` "`))
	if quote < 0 {
		return fault{Short, kindRequest, int32(len(b))}
	}
	if open, shut := bytes.Index(rest, []byte(" {")), bytes.IndexByte(rest, '}'); open >= 0 && shut > open {
		l.text[slotAgent] = rest[open+2 : shut]
		if after := bytes.Index(rest[shut:], []byte(` "`)); after >= 0 {
			quote = shut + after
		}
	}
	request := rest[quote+2:]
	if end := bytes.LastIndexByte(request, '"'); end >= 0 {
		request = request[:end]
	} else {
		return fault{Short, kindRequest, int32(len(b))}
	}
	l.request(request)
	return fault{}
}

// withoutPort cuts ":33317" off an address; IPv6 addresses are logged without brackets.
func withoutPort(b []byte) []byte {
	if i := bytes.LastIndexByte(b, ':'); i > 0 && digits(b[i+1:]) >= 0 {
		return b[:i]
	}
	return b
}
