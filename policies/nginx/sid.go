package nginx

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"

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

// indexSids prepares the search for servers by sid. Of servers with the same sid the first one counts.
func (u *upstream) indexSids(v *sim.View) {
	u.sidText = map[uint64]string{}
	index := func(group []peer) map[uint64]int32 {
		at := map[uint64]int32{}
		for i := range group {
			text := sidText(&v.Servers[group[i].id])
			group[i].sid = packSid([]byte(text))
			u.sidText[group[i].sid] = text
			if _, dup := at[group[i].sid]; !dup {
				at[group[i].sid] = int32(i)
			}
		}
		return at
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
	i, ok := index[sid]
	if !ok || !group[i].openSticky(q, v, seconds(v)) {
		return -1
	}
	return int(i)
}

// sidOf returns the sid of a server, 0 for one that is no longer configured.
func (u *upstream) sidOf(s sim.ServerID) uint64 {
	if p := u.bySlot[s]; p != nil {
		return p.sid
	}
	return 0
}

// holds reports whether s is the server that sid names.
func (u *upstream) holds(sid uint64, s sim.ServerID) bool {
	return s >= 0 && sid != 0 && u.sidOf(s) == sid
}

// known reports whether sid names a configured server.
func (u *upstream) known(sid uint64) bool {
	_, ok := u.sidText[sid]
	return ok
}
