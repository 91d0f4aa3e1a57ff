package accesslog

import "bytes"

// extended reads the W3C extended log file format, which IIS and CloudFront write: lines "#Fields: …" name the columns of
// those below, which spaces or tabs separate. Its time is the end of a request.
type extended struct {
	columns []variable
	wanted  []Field // named by Options.Client, in the order of their slots
	scale   int64   // µs of 1 in time-taken: IIS counts ms, CloudFront s
	moment  []byte  // date and time of the line
}

func newExtended() *extended { return &extended{scale: 1e3} }

func (p *extended) name() string    { return "w3c" }
func (p *extended) stampsEnd() bool { return true }

func (p *extended) durations() (total, behind string) { return "time-taken", "" }

func (p *extended) slot(f Field) (slot, bool) {
	switch f {
	case Address:
		return slotAddress, true
	case UserAgent:
		return slotAgent, true
	case User:
		return slotUser, true
	case Referer:
		return slotReferer, true
	case Forwarded:
		return slotForwarded, true
	}
	if f.extra() > 0 {
		return slotNone, false
	}
	p.wanted = append(p.wanted, f)
	return slotNamed + slot(len(p.wanted)) - 1, true
}

// kinds of the columns, in lower case.
var extendedKinds = map[string]kind{
	"c-ip": kindAddress, "cs-username": kindUser, "cs-method": kindMethod, "cs-uri-stem": kindURI, "cs-uri-query": kindQuery,
	"cs-uri": kindURI, "sc-status": kindStatus, "time-taken": kindMillis, "cs(user-agent)": kindAgent, "cs(referer)": kindReferer,
	"x-forwarded-for": kindForwarded, "cs(x-forwarded-for)": kindForwarded, "date": kindTime, "time": kindTime,
}

func (p *extended) fields(b []byte) {
	p.columns, p.scale = p.columns[:0], 1e3
	for _, name := range bytes.Fields(b) {
		k := extendedKinds[string(bytes.ToLower(name))]
		v := variable{name: string(name), kind: k, slot: k.slot()}
		for i, f := range p.wanted {
			if v.name == string(f) {
				v.kind, v.slot = kindNamed, slotNamed+slot(i)
			}
		}
		if v.name == "x-edge-location" {
			p.scale = 1e6
		}
		p.columns = append(p.columns, v)
	}
}

func (p *extended) parse(b []byte, l *line) fault {
	if b[0] == '#' {
		if rest, ok := bytes.CutPrefix(b, []byte("#Fields:")); ok {
			p.fields(rest)
		}
		return fault{reason: reasonOther}
	}
	l.total, l.upstream, l.uri, l.method, l.status, l.unterminated, l.plain, l.unread = -1, -1, nil, MethodOther, 0, false, false, nil
	l.text = [slots][]byte{}
	p.moment = p.moment[:0]
	separator := byte(' ')
	if bytes.IndexByte(b, '\t') >= 0 {
		separator = '\t'
	}
	pos := 0
	for i := range p.columns {
		if pos > len(b) {
			return fault{BadFields, kindSkip, int32(len(b))}
		}
		end := bytes.IndexByte(b[pos:], separator)
		if end < 0 {
			end = len(b) - pos
		}
		if reason := p.take(l, &p.columns[i], b[pos:pos+end]); reason != reasonNone {
			return fault{reason, p.columns[i].kind, int32(pos)}
		}
		pos += end + 1
	}
	if pos <= len(b) || l.text[slotAddress] == nil {
		return fault{BadFields, kindSkip, 0}
	}
	var ok bool
	if l.at, ok = instant(p.moment); !ok {
		return fault{BadTime, kindTime, 0}
	}
	return fault{}
}

func (p *extended) take(l *line, v *variable, b []byte) Reason {
	switch v.kind {
	case kindTime:
		if v.name == "time" {
			p.moment = append(p.moment, ' ')
		}
		p.moment = append(p.moment, b...)
	case kindQuery:
		if !empty(b) {
			l.uri = append(append(bytes.Clone(l.uri), '?'), b...)
		}
	case kindMillis:
		var ok bool
		if l.total, ok = micros(b, p.scale); !ok {
			return BadNumber
		}
	default:
		return l.take(v, b)
	}
	return reasonNone
}
