package resultjson

import (
	"reflect"
	"testing"
	"time"

	"stickysim/sim/experiment"
)

// TestReplayIsKept: what is said of a log survives writing and reading, field by field.
func TestReplayIsKept(t *testing.T) {
	var r experiment.Replay
	fill(reflect.ValueOf(&r).Elem(), 1)
	if got := toReplay(r).replay(); !reflect.DeepEqual(got, r) {
		t.Errorf("got %+v; want %+v", got, r)
	}
}

// fill gives every field of a struct another value than zero.
func fill(v reflect.Value, n int64) {
	for i := range v.NumField() {
		n++
		switch f := v.Field(i); {
		case f.Type() == reflect.TypeFor[time.Time]():
			f.Set(reflect.ValueOf(time.Unix(n, 0).UTC()))
		case f.Kind() == reflect.Struct:
			fill(f, 10*n)
		case f.CanInt():
			f.SetInt(n)
		case f.CanFloat():
			f.SetFloat(float64(n))
		case f.Kind() == reflect.Bool:
			f.SetBool(true)
		case f.Kind() == reflect.String:
			f.SetString(string(rune('a' + n)))
		}
	}
}
