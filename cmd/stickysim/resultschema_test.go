package main

import (
	"bytes"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"stickysim/sim/experiment/resultjson"
)

var resultSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(resultjson.Schema()))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(resultjson.SchemaName, doc); err != nil {
		return nil, err
	}
	return c.Compile(resultjson.SchemaName)
})

// followsSchema fails unless a result.json is as `stickysim schema --result` says. The results of the catalogue are given
// to it where they are made, in checksum.
func followsSchema(t *testing.T, result []byte) {
	t.Helper()
	s, err := resultSchema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(result))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(doc); err != nil {
		t.Errorf("result.json does not follow its schema: %v", err)
	}
}
