package workloads

import (
	"strings"

	"stickysim/sim/dist"
)

// arg is one argument: text, perhaps with name= or key: before it.
type arg struct {
	at    int // offset of the text
	name  string
	key   string
	keyAt int
	text  string
	used  bool
}

// splitArgs cuts what stands in the brackets that open at text[open] into arguments, which spaces or commas separate;
// brackets within stay whole. The text begins at offset at of the whole, and must end with the closing bracket.
func splitArgs(text string, at, open int, p *Process) ([]arg, error) {
	var args []arg
	i := skipSpace(text, open+1)
	for comma := false; i < len(text); {
		end := argEnd(text, i)
		if end == i && (comma || text[i] == ',') {
			return nil, &dist.Error{Offset: at + i, Message: "expected a value in " + p.Name + "(...)", Hint: "write " + p.usage()}
		}
		if end > i {
			args = append(args, cutArg(text[i:end], at+i))
		}
		if i = skipSpace(text, end); i == len(text) {
			break
		}
		if text[i] == ')' {
			if i++; i < len(text) {
				return nil, &dist.Error{Offset: at + i, Message: "unexpected " + quote(text[i:]), Hint: "the arrival process ends before it"}
			}
			return args, nil
		}
		if comma = text[i] == ','; comma {
			i = skipSpace(text, i+1)
		}
	}
	return nil, &dist.Error{Offset: at + len(text), Message: "expected ) at the end of " + p.Name + "(...)", Hint: "write " + p.usage()}
}

// argEnd is the end of the argument at text[i]: a comma, the closing bracket, or a space that does not surround the = or
// : of the argument, nor precede its bracket.
func argEnd(text string, i int) int {
	for depth := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
		case c == ')' || c == ',':
			return i
		case strings.IndexByte(space, c) >= 0:
			next := skipSpace(text, i)
			glued := next < len(text) && strings.IndexByte("=:(", text[next]) >= 0 || strings.IndexByte("=:", text[i-1]) >= 0
			if !glued {
				return i
			}
			i = next - 1
		}
	}
	return i
}

func skipSpace(text string, i int) int {
	return len(text) - len(strings.TrimLeft(text[i:], space))
}

// cutArg takes name= or key: off an argument. What stands in brackets belongs to the value.
func cutArg(text string, at int) arg {
	var a arg
	end := strings.IndexByte(text, '(')
	if end < 0 {
		end = len(text)
	}
	a.text, a.at = trim(text, at)
	if i := strings.IndexAny(text[:end], "=:"); i >= 0 {
		before, beforeAt := trim(text[:i], at)
		if text[i] == '=' {
			a.name = before
		} else {
			a.key, a.keyAt = before, beforeAt
		}
		a.text, a.at = trim(text[i+1:], at+i+1)
	}
	return a
}

const space = " \t\r\n"

// trim takes the space off text, which begins at offset at.
func trim(text string, at int) (string, int) {
	left := strings.TrimLeft(text, space)
	return strings.TrimRight(left, space), at + len(text) - len(left)
}
