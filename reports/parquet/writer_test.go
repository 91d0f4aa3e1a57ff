package parquet

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"testing"

	"stickysim/reports"
)

// reader reads Thrift's compact protocol: structs as maps by number of field, integers as int64, binary as string.
type reader struct{ data []byte }

func (r *reader) varint() uint64 {
	v, n := binary.Uvarint(r.data)
	r.data = r.data[n:]
	return v
}

func (r *reader) value(typ byte) any {
	switch typ {
	case i32Type, i64Type:
		v := r.varint()
		return int64(v>>1) ^ -int64(v&1)
	case binaryType:
		n := r.varint()
		text := string(r.data[:n])
		r.data = r.data[n:]
		return text
	case listType:
		head := r.data[0]
		r.data = r.data[1:]
		n := uint64(head >> 4)
		if n == 15 {
			n = r.varint()
		}
		list := make([]any, n)
		for i := range list {
			list[i] = r.value(head & 15)
		}
		return list
	case structType:
		fields, number := map[int]any{}, 0
		for {
			head := r.data[0]
			r.data = r.data[1:]
			if head == 0 {
				return fields
			}
			number += int(head >> 4)
			fields[number] = r.value(head & 15)
		}
	}
	panic(fmt.Sprintf("type %d", typ))
}

// table reads a file: the cells of each column, nil for null.
func table(t *testing.T, file []byte) (names []string, columns [][]any) {
	t.Helper()
	if !bytes.HasPrefix(file, []byte(magic)) || !bytes.HasSuffix(file, []byte(magic)) {
		t.Fatal("no Parquet file")
	}
	end := len(file) - 8
	footer := &reader{file[end-int(binary.LittleEndian.Uint32(file[end:])) : end]}
	meta := footer.value(structType).(map[int]any)
	for _, e := range meta[2].([]any)[1:] {
		names = append(names, e.(map[int]any)[4].(string))
	}
	columns = make([][]any, len(names))
	for _, g := range meta[4].([]any) {
		for i, c := range g.(map[int]any)[1].([]any) {
			m := c.(map[int]any)[3].(map[int]any)
			page := &reader{file[m[9].(int64):][:m[7].(int64)]}
			rows := int(page.value(structType).(map[int]any)[5].(map[int]any)[1].(int64))
			z, err := gzip.NewReader(bytes.NewReader(page.data))
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(z)
			if err != nil {
				t.Fatal(err)
			}
			columns[i] = append(columns[i], cells(body, m[1].(int64), rows)...)
		}
	}
	return names, columns
}

// cells reads a page.
func cells(body []byte, typ int64, rows int) (list []any) {
	present := make([]bool, 0, rows)
	if typ == doubleType {
		n := binary.LittleEndian.Uint32(body)
		levels := &reader{body[4 : 4+n]}
		for body = body[4+n:]; len(levels.data) > 0; levels.data = levels.data[1:] {
			for k := levels.varint() >> 1; k > 0; k-- {
				present = append(present, levels.data[0] == 1)
			}
		}
	}
	for i := range rows {
		switch {
		case typ == byteArrayType:
			n := binary.LittleEndian.Uint32(body)
			list, body = append(list, string(body[4:4+n])), body[4+n:]
		case typ == int64Type:
			list, body = append(list, int64(binary.LittleEndian.Uint64(body))), body[8:]
		case present[i]:
			list, body = append(list, math.Float64frombits(binary.LittleEndian.Uint64(body))), body[8:]
		default:
			list = append(list, nil)
		}
	}
	return list
}

// What is written reads back, over several row groups, and the same rows give the same bytes.
func TestReadsBack(t *testing.T) {
	columns := []reports.Column{{Name: "name", Kind: reports.Text}, {Name: "n", Kind: reports.Whole}, {Name: "x{a=b}", Kind: reports.Number, Unit: "s"}}
	const rows = 2*mostRows + 7
	row := func(i int) []any {
		x := math.Sqrt(float64(i))
		if i%5 == 0 || i > rows-3 {
			x = math.NaN()
		}
		return []any{fmt.Sprintf("ä%d", i%3), int64(-i), x}
	}
	write := func() []byte {
		var b bytes.Buffer
		w, err := New(&b, columns)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			if err := w.Row(row(i)...); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	file := write()
	if !bytes.Equal(file, write()) {
		t.Error("the same rows give other bytes")
	}
	names, got := table(t, file)
	for k, c := range columns {
		if names[k] != c.Name || len(got[k]) != rows {
			t.Fatalf("column %d is %q with %d rows", k, names[k], len(got[k]))
		}
	}
	for i := range rows {
		for k, want := range row(i) {
			if x, isNumber := want.(float64); isNumber && x != x {
				want = nil
			}
			if got[k][i] != want {
				t.Fatalf("row %d of %s is %v, want %v", i, names[k], got[k][i], want)
			}
		}
	}
}

// A table without rows is a table, and rows that do not fit are refused.
func TestNoRows(t *testing.T) {
	var b bytes.Buffer
	w, _ := New(&b, []reports.Column{{Name: "x", Kind: reports.Number}})
	if w.Row(1., 2.) == nil || w.Row(struct{}{}) == nil {
		t.Error("a row that does not fit was taken")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if names, columns := table(t, b.Bytes()); len(names) != 1 || len(columns[0]) != 0 {
		t.Errorf("%v: %v", names, columns)
	}
}
