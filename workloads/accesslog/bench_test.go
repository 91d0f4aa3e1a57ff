package accesslog

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// BenchmarkRead reads fourteen copies of a real combined log, each a year after the one before, plain and compressed.
func BenchmarkRead(b *testing.B) {
	packed, err := os.Open("../../testdata/logs/logisland_drupal_5.log.gz")
	if err != nil {
		b.Fatal(err)
	}
	defer packed.Close()
	z, err := gzip.NewReader(packed)
	if err != nil {
		b.Fatal(err)
	}
	week, err := io.ReadAll(z)
	if err != nil {
		b.Fatal(err)
	}
	var plain []byte
	for year := range 14 {
		plain = append(plain, bytes.ReplaceAll(week, []byte("/2014:"), fmt.Appendf(nil, "/%d:", 2000+year))...)
	}
	lines := float64(bytes.Count(plain, []byte("\n")))
	for _, input := range []struct{ name, text string }{{"plain", string(plain)}, {"gzip", zip(string(plain))}} {
		b.Run("input="+input.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read(strings.NewReader(input.text), Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*lines/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
