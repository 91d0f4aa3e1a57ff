package accesslog

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// caddy reads Caddy's access log, one JSON object per line (https://caddyserver.com/docs/caddyfile/directives/log). Text
// in front of the object, such as the container name that docker compose adds, is skipped. Lines of other loggers hold no
// request. The time is the end of the request.
type caddy struct{}

// caddyLine is the part of an access log entry that a replay needs. Status is absent in all other entries.
type caddyLine struct {
	TS       json.RawMessage `json:"ts"`
	Status   *int            `json:"status"`
	Duration float64         `json:"duration"` // s
	UserID   string          `json:"user_id"`
	Request  *struct {
		ClientIP   string              `json:"client_ip"`   // since 2.7; knows trusted proxies
		RemoteIP   string              `json:"remote_ip"`   // since 2.5
		RemoteAddr string              `json:"remote_addr"` // before 2.5, with a port
		Method     string              `json:"method"`
		URI        string              `json:"uri"`
		Headers    map[string][]string `json:"headers"`
	} `json:"request"`
}

func (caddy) name() string    { return "caddy" }
func (caddy) stampsEnd() bool { return true }

func (caddy) slot(f Field) (slot, bool) {
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
	return slotNone, false
}

func (caddy) parse(b []byte, l *line) fault {
	open := bytes.IndexByte(b, '{')
	if open < 0 {
		return fault{BadJSON, kindSkip, 0}
	}
	var c caddyLine
	if err := json.Unmarshal(b[open:], &c); err != nil {
		return fault{BadJSON, kindSkip, int32(open)}
	}
	if c.Request == nil || c.Status == nil {
		return fault{reason: reasonOther}
	}
	var ok bool
	if l.at, ok = instant(bytes.Trim(c.TS, `"`)); !ok {
		return fault{BadTime, kindTime, int32(open)}
	}
	q := c.Request
	address := q.ClientIP
	if address == "" {
		address = q.RemoteIP
	}
	if address == "" {
		address = string(withoutPort([]byte(q.RemoteAddr)))
	}
	if !plausibleAddress([]byte(address)) {
		return fault{BadAddress, kindAddress, int32(open)}
	}
	if *c.Status < 0 || *c.Status > 999 {
		return fault{BadStatus, kindStatus, int32(open)}
	}
	if l.total, ok = micros(strconv.AppendFloat(nil, c.Duration, 'f', 9, 64), 1e6); !ok {
		return fault{BadNumber, kindSeconds, int32(open)}
	}
	header := func(name string) []byte {
		if values := q.Headers[name]; len(values) > 0 {
			return []byte(values[0])
		}
		return nil
	}
	l.text[slotAddress], l.text[slotUser] = []byte(address), []byte(c.UserID)
	l.text[slotAgent], l.text[slotReferer], l.text[slotForwarded] = header("User-Agent"), header("Referer"), header("X-Forwarded-For")
	l.upstream, l.status, l.method, l.uri = -1, uint16(*c.Status), methodOf([]byte(q.Method)), []byte(q.URI)
	return fault{}
}
