package route

import (
	"bytes"
	"io"
	"strconv"
	"testing"

	"stickysim/policies"
	_ "stickysim/policies/all"
	"stickysim/sim"
)

// BenchmarkKeys routes key files over 100 servers: ns/key must stay below 2000 for a million keys in two seconds.
func BenchmarkKeys(b *testing.B) {
	for _, e := range policies.All() {
		if e.Doc.Key != policies.KeyAddress && e.Doc.Key != policies.KeyHash {
			continue
		}
		b.Run("policy="+e.Name, func(b *testing.B) {
			s := Source{Policy: e.Default, Servers: fleet(100), Key: "header", Seed: 1}
			if e.Doc.Key == policies.KeyAddress {
				s.Key = "address"
			}
			const n = 10_000
			in := keyFile(s.Key, n)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Keys(io.Discard, bytes.NewReader(in), s, Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/key")
		})
	}
}

func keyFile(kind string, n int) []byte {
	var in []byte
	for i := range n {
		if kind == "address" {
			a := sim.Addr4(uint32(i+1) * 2654435761)
			in = a.AppendText(in)
		} else {
			in = strconv.AppendInt(append(in, "user-"...), int64(i*7919), 10)
		}
		in = append(in, '\n')
	}
	return in
}
