package parquet

import "encoding/binary"

// thrift writes structs in Thrift's compact protocol, in which Parquet keeps what it says of itself.
type thrift struct {
	data []byte
	last []int // number of the last field, of each struct that is open
}

// Types of fields.
const (
	i32Type    = 5
	i64Type    = 6
	binaryType = 8
	listType   = 9
	structType = 12
)

func (t *thrift) varint(v uint64) { t.data = binary.AppendUvarint(t.data, v) }

func (t *thrift) signed(v int64) { t.varint(uint64(v)<<1 ^ uint64(v>>63)) }

func (t *thrift) bytes(text string) {
	t.varint(uint64(len(text)))
	t.data = append(t.data, text...)
}

// begin opens a struct: the message itself, an element of a list, or, after field, a field.
func (t *thrift) begin() { t.last = append(t.last, 0) }

// end closes the struct that was opened last.
func (t *thrift) end() {
	t.data = append(t.data, 0)
	t.last = t.last[:len(t.last)-1]
}

// field begins a field; numbers rise by at most 15 within a struct.
func (t *thrift) field(number, typ int) {
	last := &t.last[len(t.last)-1]
	t.data = append(t.data, byte((number-*last)<<4|typ))
	*last = number
}

func (t *thrift) i32(number, v int) {
	t.field(number, i32Type)
	t.signed(int64(v))
}

func (t *thrift) i64(number int, v int64) {
	t.field(number, i64Type)
	t.signed(v)
}

func (t *thrift) text(number int, v string) {
	t.field(number, binaryType)
	t.bytes(v)
}

// list begins a field that is a list of n elements.
func (t *thrift) list(number, n, typ int) {
	t.field(number, listType)
	if n < 15 {
		t.data = append(t.data, byte(n<<4|typ))
		return
	}
	t.data = append(t.data, byte(0xf0|typ))
	t.varint(uint64(n))
}
