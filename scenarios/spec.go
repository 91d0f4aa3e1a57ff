package scenarios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim/diag"
)

// Spec is a scenario as it was written, with the place of every value. It is immutable: Set and Only return another one.
type Spec struct {
	file     string
	root     *tree.Node
	warnings diag.List // of the YAML
	text     []byte    // that was parsed
	left     []string  // alternatives of the file that Only has left out
}

// with is the spec with another root, and further warnings.
func (s *Spec) with(root *tree.Node, warnings diag.List) *Spec {
	c := *s
	c.root, c.warnings = root, slices.Concat(s.warnings, warnings)
	return &c
}

// Parse reads a scenario from YAML. file is its name in messages. It checks YAML
// (syntax, duplicate keys, aliases, a single document); [Build] checks the fields. The error is a [diag.List].
func Parse(file string, data []byte) (*Spec, error) {
	root, problems := tree.Parse(file, data)
	problems.Sort()
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return &Spec{file: file, root: root, warnings: problems, text: data}, nil
}

// Read is [Parse] for an open file or standard input.
func Read(file string, r io.Reader) (*Spec, error) {
	data, err := io.ReadAll(io.LimitReader(r, tree.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return Parse(file, data)
}

// Load is [Parse] for a file of files.
func Load(files fs.FS, name string) (*Spec, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Read(name, f)
}

// File is the name the spec was parsed under.
func (s *Spec) File() string { return s.file }

// Set returns the spec with the value at path replaced; value is YAML: a number, a word, or [a, b] and {a: b}. Elements
// of lists are named or numbered from 0:
//
//	servers.count=4    workload.shopper.sessions=5/s    policies.cookie.ttl=1h    policies.stateless.servers.count=3
//
// The count of a fleet that is written as a list keeps the first servers, and adds further ones like the last.
//
// [Build] checks whether the path is a field of a scenario. Messages about the value have "--set path" as their place. The
// error is a [diag.List] when the path or the YAML of the value is wrong.
func (s *Spec) Set(path, value string) (*Spec, error) {
	source := "--set " + clip(path)
	n, problems := tree.ParseValue(value, path, tree.Pos{File: source})
	if err := problems.Err(); err != nil {
		return nil, err
	}
	if root, ok := s.resized(path, value); ok {
		return s.with(root, problems), nil
	}
	root, err := tree.Set(s.root, path, n)
	if err != nil {
		return nil, diag.List{{Rule: "bad-path", File: source, Message: err.Error(), Hint: "write --set servers.count=4"}}
	}
	return s.with(root, problems), nil
}

// Only returns the spec with the given alternatives, in this order: those of the scenario by their names, and policies of
// the registry. It implements --policies. Objectives that are about others are then left out, with a warning.
func (s *Spec) Only(names ...string) (*Spec, error) {
	if len(names) == 0 {
		return nil, errors.New("needs the name of a policy")
	}
	old := s.root.Get("policies")
	pos := tree.Pos{File: "--policies"}
	list := &tree.Node{Kind: tree.List, Pos: pos, Path: "policies"}
	for i, name := range names {
		item := &tree.Node{Kind: tree.Scalar, Text: name, Pos: pos, Path: tree.Element("policies", i)}
		if old != nil && old.Kind == tree.List {
			for _, have := range old.Items {
				if have.Name() == name {
					item = have
					break
				}
			}
		}
		list.Items = append(list.Items, item)
	}
	c := s.with(s.root.With(tree.Key{Name: "policies", Pos: pos}, list), nil)
	for _, name := range s.Names("policies") {
		if name != "" && !slices.Contains(names, name) {
			c.left = append(c.left, name)
		}
	}
	return c, nil
}

// Names are the names by which [Spec.Set] knows the elements of a list at the top level, such as policies; "" for one that
// has none.
func (s *Spec) Names(key string) []string {
	list := s.root.Get(key)
	if list == nil || list.Kind != tree.List {
		return nil
	}
	names := make([]string, len(list.Items))
	for i, item := range list.Items {
		names[i] = item.Name()
	}
	return names
}

// Logs are the names of the access logs that the workload replays, each once.
func (s *Spec) Logs() []string {
	var names []string
	if workload := s.root.Get("workload"); workload != nil {
		for _, item := range workload.Items {
			if at := item.Get("replay"); at != nil && at.Kind == tree.Scalar && !slices.Contains(names, at.Text) {
				names = append(names, at.Text)
			}
		}
	}
	return names
}

// named are the files the workload and the timeline of the spec name.
func (s *Spec) named() []string {
	var files []string
	add := func(n *tree.Node, key string) {
		if at := n.Get(key); at != nil && at.Kind == tree.Scalar {
			files = append(files, at.Text)
		}
	}
	if workload := s.root.Get("workload"); workload != nil {
		for _, item := range workload.Items {
			add(item, "replay")
			add(item, "include")
		}
	}
	if timeline := s.root.Get("timeline"); timeline != nil {
		for _, item := range timeline.Items {
			add(item.Get("crash"), "log")
			add(item.Get("preempt"), "trace")
		}
	}
	return files
}
