package haproxy

import "stickysim/scenarios/importer/internal/source"

// maxDepth bounds nested conditions, as HAProxy does.
const maxDepth = 16

// condition is an open .if: whether its lines count, and whether a branch was taken already.
type condition struct {
	at          *line
	live, taken bool
}

// live reports whether the lines read now count.
func (im *translation) live() bool {
	n := len(im.conditions)
	return n == 0 || im.conditions[n-1].live
}

// condition reads a line that begins with a dot. Conditions depend on HAProxy's version and environment, so only
// constants are evaluated: the first branch that is not constantly false is read.
func (im *translation) condition(l *line) error {
	n := len(im.conditions)
	switch word := l.arg(0); word {
	case ".if":
		if n == maxDepth {
			return l.errorf(0, "more than %d nested conditions", maxDepth)
		}
		c := condition{at: l}
		if im.live() {
			c.live = im.holds(l)
			c.taken = c.live
		} else {
			c.taken = true
		}
		im.conditions = append(im.conditions, c)
	case ".elif", ".else":
		if n == 0 {
			return l.errorf(0, "%s without .if", word)
		}
		c := &im.conditions[n-1]
		c.live = !c.taken && (word == ".else" || im.holds(l))
		c.taken = c.taken || c.live
	case ".endif":
		if n == 0 {
			return l.errorf(0, ".endif without .if")
		}
		im.conditions = im.conditions[:n-1]
	case ".diag", ".notice", ".warning", ".alert":
		if im.live() {
			im.Harmless(l, "%s: a message", word)
		}
	default:
		return l.errorf(0, "%q is not one of .if, .elif, .else, .endif, .diag, .notice, .warning, .alert", source.Short(word))
	}
	return nil
}

func (im *translation) holds(l *line) bool {
	switch l.text(1) {
	case "", "0", "false":
		return false
	case "1", "true":
		return true
	}
	im.NotCarried(l, "%s: conditions are not evaluated; this branch is read and the others are not", source.Short(l.text(0)))
	return true
}
