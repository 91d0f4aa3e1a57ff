package policies

import "reflect"

// NameOf returns the name under which the type of c is registered; "" if it is not. Parameters play no part.
func NameOf(c Config) string {
	for _, e := range All() {
		if reflect.TypeOf(e.Default) == reflect.TypeOf(c) {
			return e.Name
		}
	}
	return ""
}
