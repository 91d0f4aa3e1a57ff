package scenarios

import "encoding/json"

// SchemaName is what a scenario's first line calls the schema, for editors:
//
//	# yaml-language-server: $schema=stickysim.schema.json
const SchemaName = "stickysim.schema.json"

// SchemaID names the schema, with the version of the file format.
const SchemaID = "urn:stickysim:scenario:1"

// Schema returns the JSON Schema of scenario files (draft 2020-12), made from the same tables as the decoder and from the
// registered policies and metrics. It does not look into distributions and arrival processes, nor into labels and units
// of objectives, and of what an alternative overrides it checks only the names. Equal registries give equal bytes.
func Schema() []byte {
	text, err := json.MarshalIndent(rootSchema(), "", " ")
	if err != nil {
		panic(err) // the tables hold nothing that JSON cannot say
	}
	return append(text, '\n')
}

// rootSchema is the schema of a scenario.
func rootSchema() schema {
	properties := schema{}
	for _, part := range []schema{headerObject.schema(&defaultHeader), sceneObject.schema(nil)} {
		for key, s := range part["properties"].(schema) {
			properties[key] = s
		}
	}
	return schema{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"$id":                  SchemaID,
		"title":                "stickysim scenario",
		"type":                 "object",
		"properties":           properties,
		"patternProperties":    anything(),
		"additionalProperties": false,
		"required":             []string{"servers", "workload"},
		"$defs":                policyDefs(),
	}
}
