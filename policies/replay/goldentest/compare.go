package goldentest

import (
	"fmt"
	"strings"

	"stickysim/policies/replay"
)

// line is a line of a trace, recorded or replayed.
type line struct {
	op, req, key            string
	cookieIn                string
	backend, status, cookie string
	tried                   string
}

func (r rig) line(row []string) line {
	at := func(name string) string {
		if i := r.column(name); i >= 0 {
			return row[i]
		}
		return ""
	}
	return line{at("op"), at("req"), at("key"), at("cookie_in"), at("backend"), at("status"), at("cookie_out"), at("tried")}
}

// String is what was decided.
func (l line) String() string {
	return fmt.Sprintf("[server %q status %q cookie %q tried %q]", l.backend, l.status, l.cookie, l.tried)
}

func (l line) decides() bool {
	switch l.op {
	case "req", "creq", "open", "close", "arrive":
		return true
	}
	return false
}

// same reports whether a replayed line decides as the recorded one, as far as the mechanism leaves it determined.
func (r rig) same(got, want line, texts map[string]string) bool {
	if want.op == "arrive" {
		return got.backend == want.backend
	}
	if r.Mechanism == "caddy.cookie" || r.Mechanism == "traefik.sticky_cookie" {
		return sameByCookie(got, want, texts)
	}
	return got.backend == want.backend && got.status == want.status && got.tried == want.tried && r.sameCookie(got, want)
}

// sameCookie compares the cookies set. What the application sets is not the balancer's to know.
func (r rig) sameCookie(got, want line) bool {
	if r.Mechanism == "nginx.sticky_learn" {
		return true
	}
	g, w := nameAndValue(got.cookie), nameAndValue(want.cookie)
	if prefix, _, ok := strings.Cut(w, "~"); ok { // the balancer's part of an application's cookie
		return strings.HasPrefix(g, prefix) || g == ""
	}
	return g == w || strings.HasSuffix(g, "~") && w == ""
}

func nameAndValue(setCookie string) string {
	text, _, _ := strings.Cut(setCookie, ";")
	return text
}

// sameByCookie compares where a client without a valid cookie may go anywhere: a cookie is followed, or set anew, as
// recorded, and its text is that of the server. texts has the cookie of each server.
func sameByCookie(got, want line, texts map[string]string) bool {
	if got.status != want.status || (got.cookie == "") != (want.cookie == "") {
		return false
	}
	if want.cookie == "" {
		return got.backend == want.backend
	}
	return nameAndValue(want.cookie) == texts[want.backend] && nameAndValue(got.cookie) == texts[got.backend]
}

// cookieTexts asks a fresh instance for the cookie of every server, as Set-Cookie has it.
func (r rig) cookieTexts(seed uint64) map[string]string {
	router := replay.New(r.cfg, r.servers, seed)
	texts := map[string]string{}
	for i := range 64 * len(r.servers) {
		a := router.Request(replay.Key{Hash: uint64(i+1) << 32})
		if a.Server >= 0 && a.CookieText != "" {
			texts[router.Name(a.Server)] = r.CookieName + "=" + a.CookieText
		}
	}
	return texts
}
