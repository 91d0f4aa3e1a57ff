package traefik_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
)

// words are values of fields that are not numbers.
var words = map[string]string{"strategy": "wrr"}

// names are the names in a list of testdata/schemas.
func names(t *testing.T, file string) (list []string) {
	t.Helper()
	data, err := os.ReadFile("testdata/schemas/" + file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "#") {
			list = append(list, strings.TrimSpace(line))
		}
	}
	return list
}

// below is a tree that has a field and nothing else, but the url of a server.
func below(path []string) any {
	if len(path) == 0 {
		return 1
	}
	key, list := strings.CutSuffix(path[0], "[]")
	value := below(path[1:])
	if len(path) == 1 && words[key] != "" {
		value = words[key]
	}
	if list {
		item := value.(map[string]any)
		if key == "servers" {
			item["url"] = "http://a"
		}
		value = []any{item}
	}
	return map[string]any{strings.ReplaceAll(key, "*", "mine"): value}
}

// understood demands that a file with a field of Traefik's is read, and that nothing in it is not understood.
func understood(t *testing.T, field, name, text string) {
	t.Helper()
	c, err := importer.Import(importer.File(name, []byte(text)), "traefik", name)
	if err != nil {
		t.Errorf("%s: %v", field, err)
		return
	}
	if len(c.In(ir.NotCarried))+len(c.In(ir.Harmless))+len(c.In(ir.Translated)) == 0 {
		t.Errorf("%s: in no drawer", field)
	}
	for _, r := range c.In(ir.NotCarried) {
		if strings.Contains(r.Text, "not understood") || strings.Contains(r.Text, "of no known kind") {
			t.Errorf("%s: %s", field, r.Text)
		}
	}
}

// Every field, label and option of Traefik is in a drawer: none is not understood.
func TestEveryFieldOfTraefik(t *testing.T) {
	t.Parallel()
	fields := 0
	for _, f := range names(t, "traefik-dynamic.txt") {
		text, err := json.Marshal(below(strings.Split(f, ".")))
		if err != nil {
			t.Fatal(err)
		}
		understood(t, f, "dynamic.yml", string(text))
		fields++
	}
	for _, f := range names(t, "traefik-labels.txt") {
		value := "1"
		if w := words[f[strings.LastIndexByte(f, '.')+1:]]; w != "" {
			value = w
		}
		understood(t, f, "compose.yml", fmt.Sprintf("services: {app: {image: app, labels: ['traefik.enable=true', '%s=%s']}}", strings.ReplaceAll(f, "*", "mine"), value))
		fields++
	}
	for _, f := range names(t, "traefik-static.txt") {
		f = strings.ReplaceAll(f, "*", "mine")
		understood(t, f, "compose.yml", fmt.Sprintf("services: {proxy: {image: 'traefik:v3', command: ['--%s=true']}, app: {image: app, labels: ['traefik.enable=true']}}", f))
		f = strings.ReplaceAll(f, "[0]", "")
		understood(t, f, "traefik.yml", fmt.Sprintf("{%s: true", strings.ReplaceAll(f, ".", ": {"))+strings.Repeat("}", strings.Count(f, ".")+1))
		fields++
	}
	if fields < 1000 {
		t.Errorf("only %d fields", fields)
	}
}
