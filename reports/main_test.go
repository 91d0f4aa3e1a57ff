package reports

import (
	"os"
	"runtime/debug"
	"testing"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // small heaps that live for seconds
	os.Exit(m.Run())
}
