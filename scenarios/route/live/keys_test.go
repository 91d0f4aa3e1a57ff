//go:build linux

package live

// keys draws requests and what the configuration makes of each: its key.
type keys func(d draw) (key string, q request)

// mix is the keys of one trial: mostly new ones, and some that come back.
func mix(k keys) keys {
	type drawn struct {
		key string
		q   request
	}
	var old []drawn
	return func(d draw) (string, request) {
		if len(old) > 0 && d.one(3) {
			o := old[d.IntN(len(old))]
			return o.key, o.q
		}
		key, q := k(d)
		old = append(old, drawn{key, q})
		return key, q
	}
}

// few draws from n keys only.
func few(n int, k keys) keys {
	var known []string
	var sent []request
	return func(d draw) (string, request) {
		if len(known) < n {
			key, q := k(d)
			known, sent = append(known, key), append(sent, q)
		}
		i := d.IntN(len(known))
		return known[i], sent[i]
	}
}

// without is requests that lack the key now and then.
func without(k keys) keys {
	return func(d draw) (string, request) {
		if d.one(5) {
			return "", request{target: d.path()}
		}
		return k(d)
	}
}

// anything is requests whose policy looks at nothing.
func anything(d draw) (string, request) { return "", request{target: d.path()} }

// address is requests from a random address, which a trusted proxy names in a header.
func address(header string) keys {
	return func(d draw) (string, request) {
		a := d.address()
		return a, request{target: d.path(), headers: []string{header + ": " + a}}
	}
}

// headerValue is requests with a random X-Key.
func headerValue(d draw) (string, request) {
	v := d.value()
	return v, request{target: d.path(), headers: []string{"X-Key: " + v}}
}

// argumentValue is requests with a random argument k among others.
func argumentValue(d draw) (string, request) {
	v := d.text(20, argument)
	query := "k=" + v
	if d.one(2) {
		query = "a=" + d.text(5, letters) + "&" + query
	}
	if d.one(2) {
		query += "&kk=" + d.text(5, letters)
	}
	return v, request{target: d.path() + "?" + query}
}

// cookieValue is requests with a random application cookie.
func cookieValue(d draw) (string, request) {
	v := d.text(20, letters)
	return v, request{target: d.path(), headers: []string{"Cookie: a=b; sid=" + v + "; z=1"}}
}

// target is requests whose key is the request target.
func target(d draw) (string, request) {
	uri := d.path()
	if d.one(2) {
		uri += "?" + d.text(12, argument+"/?&")
	}
	return uri, request{target: uri}
}
