package replay_test

import (
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"testing"

	"stickysim/policies/replay"
)

// FuzzRecords reads what encoding/csv accepts as encoding/csv does, and writes it back to the same fields.
func FuzzRecords(f *testing.F) {
	for _, s := range []string{"a,b\nc,d\n", "\"a\nb\",c\r\n\"\"\"\",\n", "x", ",,\n\n,", "\"\"", "a, b ,\"c\"", strings.Repeat("long,", 20000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		oracle := csv.NewReader(strings.NewReader(text))
		oracle.FieldsPerRecord = -1
		want, err := oracle.ReadAll()
		if err != nil || strings.Contains(text, "\r") && strings.ContainsAny(text, "\"") || strings.HasSuffix(text, "\r") || strings.HasPrefix(text, "\xef\xbb\xbf") {
			_, _ = readAll(text) // need not agree, must not hang or panic
			return
		}
		got, err := readAll(text)
		if err != nil || !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("%q: %q, %v; want %q", text, got, err, want)
		}
		var again []byte
		for _, rec := range got {
			for i, field := range rec {
				if i > 0 {
					again = append(again, ',')
				}
				again = replay.AppendField(again, []byte(field))
			}
			if len(rec) == 1 && rec[0] == "" {
				return // a lone empty field has no unquoted form that is not an empty line
			}
			again = append(again, '\n')
		}
		if back, err := readAll(string(again)); err != nil || !slices.EqualFunc(back, got, slices.Equal) {
			t.Fatalf("%q written as %q reads as %q, %v", got, again, back, err)
		}
	})
}

func readAll(text string) (all [][]string, err error) {
	r := replay.NewRecords(strings.NewReader(text))
	for {
		fields, err := r.Next()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		rec := make([]string, len(fields))
		for i, f := range fields {
			rec[i] = string(f)
		}
		all = append(all, rec)
	}
}

func TestRecordsAreBounded(t *testing.T) {
	for _, text := range []string{strings.Repeat("x", 2<<20), "\"" + strings.Repeat("x\n", 1<<20) + "\""} {
		if _, err := readAll(text); err == nil || !strings.Contains(err.Error(), "line 1: longer than") {
			t.Errorf("%d bytes in one record: %v", len(text), err)
		}
	}
}
