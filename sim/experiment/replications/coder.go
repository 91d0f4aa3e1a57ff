package replications

import (
	"encoding/binary"
	"math"

	"stickysim/sim"
)

// coder writes values, or reads the same values in the same order: one function describes a record for both.
type coder struct {
	data    []byte // written so far, or left to read
	reading bool
	failed  bool // more was to be read than there is
}

// take cuts n bytes off what is left to read; nil where there are fewer.
func (c *coder) take(n int) []byte {
	if n < 0 || n > len(c.data) {
		c.data, c.failed = nil, true
		return nil
	}
	b := c.data[:n]
	c.data = c.data[n:]
	return b
}

func (c *coder) uint(v *uint64) {
	if !c.reading {
		c.data = binary.AppendUvarint(c.data, *v)
		return
	}
	got, n := binary.Uvarint(c.data)
	if n <= 0 {
		n, got, c.failed = 0, 0, true
	}
	*v, c.data = got, c.data[n:]
}

// integer codes whole numbers of any type, small ones in a byte.
func integer[T ~int | ~int32 | ~int64 | ~uint8](c *coder, v *T) {
	signed := int64(*v)
	u := uint64(signed)<<1 ^ uint64(signed>>63)
	c.uint(&u)
	*v = T(int64(u>>1) ^ -int64(u&1))
}

func (c *coder) bool(v *bool) {
	n := 0
	if *v {
		n = 1
	}
	integer(c, &n)
	*v = n != 0
}

func (c *coder) float(v *float64) {
	if !c.reading {
		c.data = binary.LittleEndian.AppendUint64(c.data, math.Float64bits(*v))
	} else if b := c.take(8); b != nil {
		*v = math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
}

func (c *coder) text(v *string) {
	n := len(*v)
	integer(c, &n)
	if !c.reading {
		c.data = append(c.data, *v...)
		return
	}
	*v = string(c.take(n))
}

// samples codes values of a series. Their bytes lie by significance, the same of all values together, which compresses
// well: most values are small whole numbers, or like their neighbours.
func (c *coder) samples(v *[]float32) {
	n := len(*v)
	integer(c, &n)
	if !c.reading {
		for shift := 24; shift >= 0; shift -= 8 {
			for _, x := range *v {
				c.data = append(c.data, byte(math.Float32bits(x)>>shift))
			}
		}
		return
	}
	if n > len(c.data)/4 {
		n = -1
	}
	b := c.take(4 * n)
	*v = make([]float32, len(b)/4)
	for i := range *v {
		(*v)[i] = math.Float32frombits(uint32(b[i])<<24 | uint32(b[n+i])<<16 | uint32(b[2*n+i])<<8 | uint32(b[3*n+i]))
	}
}

// list codes a list; each element takes at least a byte.
func list[T any](c *coder, v *[]T, element func(*T)) {
	n := len(*v)
	integer(c, &n)
	if c.reading {
		if n < 0 || n > len(c.data) {
			n, c.failed = 0, true
		}
		*v = make([]T, n)
		if n == 0 {
			*v = nil
		}
	}
	for i := range *v {
		element(&(*v)[i])
	}
}

func (c *coder) floats(v *[]float64) { list(c, v, c.float) }

func (c *coder) time(v *sim.Time) { integer(c, v) }
