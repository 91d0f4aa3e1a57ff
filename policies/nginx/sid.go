package nginx

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"math/bits"

	"stickysim/sim"
)

// sidText is what stands for a server in cookies and routes: its `route`, or the hex MD5 of its socket address.
// Options["host"] marks a resolved name; without it the text of the server line is taken for an address.
func sidText(info *sim.ServerInfo) string {
	if route := info.Options["route"]; route != "" {
		return route
	}
	address := info.Addr
	if host, port := HostPort(address); port == "" && host == address {
		address += ":80"
	}
	sum := md5.Sum([]byte(address))
	return hex.EncodeToString(sum[:])
}

// packSid makes the 64 bits that stand for a sid's text in sim.Cookie; never 0.
func packSid(text []byte) uint64 {
	sum := md5.Sum(text)
	return max(binary.BigEndian.Uint64(sum[:8]), 1)
}

// sidIndex finds a place by sid, with open addressing: sids are as good as random.
type sidIndex []sidSlot

// sidSlot is free where sid is 0.
type sidSlot struct {
	sid uint64
	at  int32
}

// slot is where the sid is, or the free slot where it would be.
func (x sidIndex) slot(sid uint64) *sidSlot {
	for i := sid; ; i++ {
		if s := &x[i&uint64(len(x)-1)]; s.sid == sid || s.sid == 0 {
			return s
		}
	}
}

// indexSids prepares the search for servers by sid. Of servers with the same sid the first one counts.
func (u *upstream) indexSids(v *sim.View) {
	u.sidText = map[uint64]string{}
	clear(u.sids)
	index := func(group []peer) sidIndex {
		x := make(sidIndex, 1<<bits.Len(uint(2*len(group))))
		for i := range group {
			text := sidText(&v.Servers[group[i].id])
			sid := packSid([]byte(text))
			u.sidText[sid], u.sids[group[i].id] = text, sid
			if s := x.slot(sid); s.sid == 0 {
				*s = sidSlot{sid, int32(i)}
			}
		}
		return x
	}
	u.sidPrimary, u.sidBackup = index(u.primary), index(u.backup)
}

// bound returns the position in the group of the peer that sid names, or -1 when it names none or may not be used.
func (u *upstream) bound(sid uint64, backups bool, q *sim.Request, v *sim.View) int {
	if sid == 0 {
		return -1
	}
	group, index := u.primary, u.sidPrimary
	if backups {
		group, index = u.backup, u.sidBackup
	}
	s := index.slot(sid)
	if s.sid == 0 || !group[s.at].openSticky(q, v, seconds(v)) {
		return -1
	}
	return int(s.at)
}

// sidOf returns the sid of a server, 0 for one that is no longer configured.
func (u *upstream) sidOf(s sim.ServerID) uint64 { return u.sids[s] }

// holds reports whether s is the server that sid names.
func (u *upstream) holds(sid uint64, s sim.ServerID) bool {
	return s >= 0 && sid != 0 && u.sidOf(s) == sid
}

// keeps reports whether the client of a request that goes to s has the cookie of s, which it keeps.
func (u *upstream) keeps(q *sim.Request, s sim.ServerID) bool {
	return q.Kept && u.holds(uint64(q.Cookie), s)
}

// known reports whether sid names a configured server.
func (u *upstream) known(sid uint64) bool {
	_, ok := u.sidText[sid]
	return ok
}
