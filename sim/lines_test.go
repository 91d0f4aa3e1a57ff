package sim

import (
	"testing"
	"unsafe"
)

// A record that lies in as few cache lines as it can begins with one: its size is a whole number of them, or divides one.
func TestRecordsKeepToCacheLines(t *testing.T) {
	const line = 64
	for name, size := range map[string]uintptr{"client": unsafe.Sizeof(client{}), "session": unsafe.Sizeof(session{}),
		"request": unsafe.Sizeof(request{}), "server": unsafe.Sizeof(server{})} {
		if size%line != 0 && line%size != 0 {
			t.Errorf("a %s takes %d bytes, which is neither a part of a cache line nor a whole number of them", name, size)
		}
	}
}
