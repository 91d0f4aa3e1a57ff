package scenarios

import (
	"strconv"
	"strings"

	"stickysim/scenarios/internal/tree"
)

// resized is the spec with a fleet that is written as a list brought to a number of servers: the first of the list, and
// further ones like its last. It answers for the path of a count, servers.count or policies.NAME.servers.count; ok is
// false where the fleet at that path is no list, or the value no number.
func (s *Spec) resized(path, value string) (root *tree.Node, ok bool) {
	of, found := strings.CutSuffix(path, "servers.count")
	n, err := strconv.Atoi(value)
	if !found || err != nil || n < 1 || n > maxServers {
		return nil, false
	}
	fleet := s.root.Get("servers")
	if name, _ := strings.CutPrefix(strings.TrimSuffix(of, "."), "policies"); of != "" {
		own := s.alternative(strings.Trim(name, ".[]"))
		if own == nil {
			return nil, false
		}
		if over := own.Get("servers"); over != nil {
			fleet = override("servers", fleet, over)
		}
	}
	if fleet == nil || fleet.Kind != tree.List {
		return nil, false
	}
	root, err = tree.Set(s.root, of+"servers", resize(fleet, n))
	return root, err == nil
}

// alternative is the element of policies with a name, or a number from 0; nil where there is none that can have fields of
// its own.
func (s *Spec) alternative(name string) *tree.Node {
	list := s.root.Get("policies")
	if list == nil || list.Kind != tree.List {
		return nil
	}
	for i, item := range list.Items {
		if item.Name() == name || strconv.Itoa(i) == name {
			return ownFields(item)
		}
	}
	return nil
}

// ownFields is the element if it may override fields of the scenario, else nil.
func ownFields(item *tree.Node) *tree.Node {
	if item.Get("variant") == nil && item.Get("policy") == nil {
		return nil
	}
	return item
}

// resize brings a list of servers to n of them.
func resize(list *tree.Node, n int) *tree.Node {
	out := *list
	out.Items = nil
	have := 0
	for _, item := range list.Items {
		count := 1
		if at := item.Get("count"); at != nil {
			count, _ = strconv.Atoi(at.Text)
		}
		if have+count > n {
			count = n - have
			item = item.With(tree.Key{Name: "count", Pos: item.Pos}, plainNode(strconv.Itoa(count), item.Pos))
		}
		if count > 0 {
			out.Items = append(out.Items, item)
		}
		have += count
	}
	for k := 1; have < n; k, have = k+1, have+1 {
		out.Items = append(out.Items, another(list.Items[len(list.Items)-1], "added-"+strconv.Itoa(k)))
	}
	return &out
}

// another is a server like one of the list, under another name.
func another(like *tree.Node, name string) *tree.Node {
	one := &tree.Node{Kind: tree.Map, Pos: like.Pos, Path: like.Path}
	for i, key := range like.Keys {
		switch key.Name {
		case "name", "addr", "number", "count", "status":
		case "cookie":
			one = one.With(key, plainNode(name, like.Pos))
		default:
			one = one.With(key, like.Items[i])
		}
	}
	return one.With(tree.Key{Name: "name", Pos: like.Pos}, plainNode(name, like.Pos))
}

func plainNode(text string, pos tree.Pos) *tree.Node {
	return &tree.Node{Kind: tree.Scalar, Text: text, Pos: pos}
}

// Happen is the spec with a further element of the timeline, for every alternative. event is YAML: {at: 1h, crash: {servers: 1}}.
func (s *Spec) Happen(event string) (*Spec, error) {
	n, problems := tree.ParseValue(event, "timeline", tree.Pos{File: "timeline"})
	if err := problems.Err(); err != nil {
		return nil, err
	}
	root := s.root.With(tree.Key{Name: "timeline", Pos: n.Pos}, appended(s.root.Get("timeline"), n))
	if list := root.Get("policies"); list != nil && list.Kind == tree.List {
		for i, item := range list.Items {
			if own := item.Get("timeline"); own != nil && ownFields(item) != nil {
				var err error
				if root, err = tree.Set(root, tree.Element("policies", i)+".timeline", appended(own, n)); err != nil {
					return nil, err
				}
			}
		}
	}
	return s.with(root, nil), nil
}

func appended(list, item *tree.Node) *tree.Node {
	out := &tree.Node{Kind: tree.List, Pos: item.Pos, Path: "timeline"}
	if list != nil && list.Kind == tree.List {
		*out = *list
	}
	out.Items = append(append([]*tree.Node{}, out.Items...), item)
	return out
}
