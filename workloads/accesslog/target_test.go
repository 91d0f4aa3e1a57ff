package accesslog

import (
	"fmt"
	"testing"
)

// Equal paths have equal upper bits whatever the query, different ones rarely; what is missing has the hash 0.
func TestTargetsHashPathAndQuery(t *testing.T) {
	path := func(uri string) uint32 { return targetOf(MethodGet, []byte(uri)).URI() >> QueryBits }
	query := func(uri string) uint32 { return targetOf(MethodGet, []byte(uri)).URI() & (1<<QueryBits - 1) }
	if path("/a?x=1") != path("/a") || path("/a?x=1") != path("/a?x=2") || query("/a?x=1") == query("/a?x=2") {
		t.Error("paths or queries are mixed up")
	}
	if query("/a") != 0 || query("/a?") != 0 || targetOf(MethodPost, nil).URI() != 0 {
		t.Error("what is missing has a hash")
	}
	paths, queries := map[uint32]bool{}, map[uint32]bool{}
	for i := range 1000 {
		p := path(fmt.Sprint("/p/", i))
		if p == 0 {
			t.Errorf("the path of request %d is unknown", i)
		}
		paths[p], queries[query(fmt.Sprint("/p?id=", i))] = true, true
	}
	// Of 1000 values, 8 share one of 65,536 and 113 one of 4,096 on average.
	if len(paths) < 980 || len(queries) < 850 {
		t.Errorf("%d paths and %d queries of 1000 each", len(paths), len(queries))
	}
	if m := targetOf(MethodPost, []byte("/a?b")).Method(); m != MethodPost {
		t.Errorf("the method is %v", m)
	}
}
