// Package parquet writes tables as Apache Parquet (format version 1): flat columns of text, float64 and int64, plain
// encoding, compressed with gzip. Undefined numbers are null. The same rows give the same bytes. What the columns mean is
// in the metadata of the file, under the key "columns".
//
// Floor 6.
package parquet

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"stickysim/reports"
)

// The numbers of the format that are used here.
const (
	int64Type, doubleType, byteArrayType = 2, 5, 6
	required, optional                   = 0, 1
	plainEncoding, rleEncoding           = 0, 3
	utf8                                 = 0
	gzipCodec                            = 2
	dataPage                             = 0
)

const magic = "PAR1"

// mostRows is the number of rows of a row group: what is kept in memory.
const mostRows = 1 << 14

// writer is a reports.RowWriter.
type writer struct {
	w       io.Writer
	offset  int64
	columns []reports.Column
	values  [][]byte // of the row group, by column
	null    [][]bool // of columns of numbers, by row
	rows    int
	groups  []group
	total   int64
}

// group is a row group that is written.
type group struct {
	rows   int
	chunks []chunk
}

// chunk is a column in a row group: one page.
type chunk struct{ offset, size, unpacked int64 }

// New begins a table.
func New(w io.Writer, columns []reports.Column) (reports.RowWriter, error) {
	t := &writer{w: w, columns: columns, values: make([][]byte, len(columns)), null: make([][]bool, len(columns))}
	return t, t.write([]byte(magic))
}

func (t *writer) write(b []byte) error {
	n, err := t.w.Write(b)
	t.offset += int64(n)
	return err
}

// Row writes a row.
func (t *writer) Row(cells ...any) error {
	if len(cells) != len(t.columns) {
		return fmt.Errorf("parquet: a row has %d cells, the table %d columns", len(cells), len(t.columns))
	}
	for i, c := range cells {
		v := &t.values[i]
		switch c := c.(type) {
		case string:
			*v = append(binary.LittleEndian.AppendUint32(*v, uint32(len(c))), c...)
		case int64:
			*v = binary.LittleEndian.AppendUint64(*v, uint64(c))
		case float64:
			t.null[i] = append(t.null[i], c != c)
			if c == c {
				*v = binary.LittleEndian.AppendUint64(*v, math.Float64bits(c))
			}
		default:
			return fmt.Errorf("parquet: column %s has a %T", t.columns[i].Name, c)
		}
	}
	if t.rows++; t.rows == mostRows {
		return t.flush()
	}
	return nil
}

// flush writes the rows as a row group.
func (t *writer) flush() error {
	g := group{rows: t.rows}
	for i := range t.columns {
		body := t.values[i]
		if t.columns[i].Kind == reports.Number {
			levels := runs(t.null[i])
			body = append(binary.LittleEndian.AppendUint32(nil, uint32(len(levels))), append(levels, body...)...)
		}
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := z.Write(body); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		head := pageHeader(t.rows, len(body), packed.Len())
		g.chunks = append(g.chunks, chunk{t.offset, int64(len(head) + packed.Len()), int64(len(head) + len(body))})
		if err := t.write(append(head, packed.Bytes()...)); err != nil {
			return err
		}
		t.values[i], t.null[i] = t.values[i][:0], t.null[i][:0]
	}
	t.total += int64(t.rows)
	t.groups, t.rows = append(t.groups, g), 0
	return nil
}

// runs are the definition levels of a column, 1 where there is a value, as runs of equal ones.
func runs(null []bool) (levels []byte) {
	for i := 0; i < len(null); {
		n := i
		for n < len(null) && null[n] == null[i] {
			n++
		}
		levels = binary.AppendUvarint(levels, uint64(n-i)<<1)
		level := byte(1)
		if null[i] {
			level = 0
		}
		levels = append(levels, level)
		i = n
	}
	return levels
}

func pageHeader(rows, unpacked, packed int) []byte {
	var t thrift
	t.begin()
	t.i32(1, dataPage)
	t.i32(2, unpacked)
	t.i32(3, packed)
	t.field(5, structType)
	t.begin()
	t.i32(1, rows)
	t.i32(2, plainEncoding)
	t.i32(3, rleEncoding) // of definition levels
	t.i32(4, rleEncoding) // of repetition levels, of which there are none
	t.end()
	t.end()
	return t.data
}

// physical is how a type of column is stored.
func physical(k reports.ColumnKind) int {
	switch k {
	case reports.Text:
		return byteArrayType
	case reports.Whole:
		return int64Type
	}
	return doubleType
}

// Close writes the rows that are left, and the footer.
func (t *writer) Close() error {
	if t.rows > 0 {
		if err := t.flush(); err != nil {
			return err
		}
	}
	about, err := json.Marshal(t.columns)
	if err != nil {
		return err
	}
	var f thrift
	f.begin()
	f.i32(1, 1) // version
	t.schema(&f)
	f.i64(3, t.total)
	f.list(4, len(t.groups), structType)
	for _, g := range t.groups {
		t.group(&f, g)
	}
	f.list(5, 1, structType)
	f.begin()
	f.text(1, "columns")
	f.text(2, string(about))
	f.end()
	f.text(6, "stickysim")
	f.end()
	return t.write(append(binary.LittleEndian.AppendUint32(f.data, uint32(len(f.data))), magic...))
}

// schema writes the root and the columns.
func (t *writer) schema(f *thrift) {
	f.list(2, len(t.columns)+1, structType)
	f.begin()
	f.text(4, "table")
	f.i32(5, len(t.columns))
	f.end()
	for _, c := range t.columns {
		f.begin()
		f.i32(1, physical(c.Kind))
		repetition := required
		if c.Kind == reports.Number {
			repetition = optional
		}
		f.i32(3, repetition)
		f.text(4, c.Name)
		if c.Kind == reports.Text {
			f.i32(6, utf8)
			f.field(10, structType) // the same as a logical type
			f.begin()
			f.field(1, structType)
			f.begin()
			f.end()
			f.end()
		}
		f.end()
	}
}

// group writes where the columns of a row group are.
func (t *writer) group(f *thrift, g group) {
	f.begin()
	f.list(1, len(g.chunks), structType)
	size := int64(0)
	for i, c := range g.chunks {
		size += c.unpacked
		f.begin()
		f.i64(2, c.offset)
		f.field(3, structType)
		f.begin()
		f.i32(1, physical(t.columns[i].Kind))
		f.list(2, 2, i32Type)
		f.signed(plainEncoding)
		f.signed(rleEncoding)
		f.list(3, 1, binaryType)
		f.bytes(t.columns[i].Name)
		f.i32(4, gzipCodec)
		f.i64(5, int64(g.rows))
		f.i64(6, c.unpacked)
		f.i64(7, c.size)
		f.i64(9, c.offset)
		f.end()
		f.end()
	}
	f.i64(2, size)
	f.i64(3, int64(g.rows))
	f.end()
}
