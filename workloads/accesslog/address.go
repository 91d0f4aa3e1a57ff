package accesslog

import (
	"bytes"
	"net/netip"
)

// addressOf is an address without brackets and port, or whatever name a resolver may have put in its place. ok is false
// for what can be neither.
func addressOf(b []byte) (address []byte, ok bool) {
	if len(b) == 0 || len(b) > 255 {
		return nil, false
	}
	if b[0] == '[' {
		end := bytes.IndexByte(b, ']')
		return b[1:max(1, end)], end > 0 && plausibleIP(b[1:end]) && (end+1 == len(b) || b[end+1] == ':' && digits(b[end+2:]) >= 0)
	}
	colon := bytes.IndexByte(b, ':')
	switch {
	case colon < 0:
		return b, plausibleName(b)
	case string(b) == "unix:": // how nginx calls all clients on a socket of its own machine
		return b, true
	case colon == bytes.LastIndexByte(b, ':') && colon+1 < len(b) && digits(b[colon+1:]) >= 0:
		return b[:colon], plausibleName(b[:colon])
	}
	return b, plausibleIP(b)
}

// clientOf is the address of a client, or the first address of a list, as X-Forwarded-For has them: that of the client, before those of
// the proxies. "unknown" in a list stands for one that is not given.
func clientOf(b []byte) (address []byte, listed, ok bool) {
	if bytes.IndexByte(b, ',') < 0 {
		address, ok = addressOf(b)
		return address, false, ok
	}
	for len(b) > 0 {
		one, rest, _ := bytes.Cut(b, []byte(","))
		b = rest
		if one = bytes.TrimSpace(one); string(one) == "unknown" || len(one) == 0 {
			continue
		}
		part, fine := addressOf(one)
		if !fine || !plausibleIP(part) {
			return nil, true, false
		}
		if address == nil {
			address = part
		}
	}
	return address, true, address != nil
}

func plausibleIP(b []byte) bool {
	_, err := netip.ParseAddr(string(b))
	return err == nil
}

// plausibleName accepts host names, IPv4 addresses, "-", and addresses that were made anonymous.
func plausibleName(b []byte) bool {
	for _, c := range b {
		if !(isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '.' || c == '-' || c == '_' || c == '*' || c == '/' || c >= 0x80) {
			return false
		}
	}
	return len(b) > 0
}

// forwardedOnly tells lists of addresses, as X-Forwarded-For has them, or "-".
func forwardedOnly(b []byte) bool {
	if string(b) == "-" {
		return true
	}
	for len(b) > 0 {
		one, rest, _ := bytes.Cut(b, []byte(","))
		b = rest
		one = bytes.TrimSpace(one)
		if address, ok := addressOf(one); string(one) != "unknown" && !(ok && plausibleIP(address)) {
			return false
		}
	}
	return true
}
