package tree

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// WriteValue writes what n means: equal values give equal text, whatever their layout, quotes and order of keys. Of a Map,
// keys are written for which keep is true; those of the nodes below always are.
func (n *Node) WriteValue(w io.Writer, keep func(key string) bool) {
	switch n.Kind {
	case Null:
		fmt.Fprint(w, "null")
	case Scalar:
		text := n.Text
		if v, err := strconv.ParseFloat(text, 64); err == nil && !n.Quoted && strings.ContainsAny(text, "eE") {
			text = strconv.FormatFloat(v, 'e', -1, 64) // YAML programs write exponents in several ways
		}
		fmt.Fprintf(w, "%q", text)
	case List:
		fmt.Fprint(w, "[")
		for _, item := range n.Items {
			item.WriteValue(w, nil)
			fmt.Fprint(w, ",")
		}
		fmt.Fprint(w, "]")
	case Map:
		order := make([]int, len(n.Keys))
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(a, b int) int { return strings.Compare(n.Keys[a].Name, n.Keys[b].Name) })
		fmt.Fprint(w, "{")
		for _, i := range order {
			if name := n.Keys[i].Name; keep == nil || keep(name) {
				fmt.Fprintf(w, "%q:", name)
				n.Items[i].WriteValue(w, nil)
				fmt.Fprint(w, ",")
			}
		}
		fmt.Fprint(w, "}")
	}
}
