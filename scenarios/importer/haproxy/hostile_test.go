package haproxy

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
)

func TestErrorsSayWhere(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"  balance source\n", "1:3: "},
		{"backend\n", "1:1: a backend section needs a name"},
		{"backend b\n server a 1.1.1.1:80 weight x\n", "2:29: weight: must be a whole number from 0 to 256"},
		{"backend b\n server a 1.1.1.1:80 weight 257\n", "2:29: "},
		{"backend b\n server a\n", "2:9: "},
		{"backend b\n server a x\n server a y\n", `3:9: server "a" is defined twice`},
		{"backend b\n server a x id 2\n server c y id 2\n", "3:9: "},
		{"backend b\nlisten b\n", `2:8: listen "b" is defined twice`},
		{"backend b from x\n", "1:16: "},
		{"backend b\n balance nonsense\n", `2:10: balance: unknown algorithm "nonsense"`},
		{"backend b\n balance hdr(x\n", "2:10: "},
		{"backend b\n hash-type consistent md5\n", "2:12: "},
		{"backend b\n hash-balance-factor 90\n", "2:22: "},
		{"backend b\n cookie C insert prefix\n", "2:18: "},
		{"backend b\n cookie C insert maxidle soon\n", "2:26: maxidle: must be a duration"},
		{"backend b\n stick-table type ip\n", "2:2: "},
		{"backend b\n stick-table type ip size lots\n", "2:27: size: must be a size"},
		{"frontend f\n server a x\n", "2:2: a frontend section cannot have servers"},
		{"backend b\n server 'a x\n", "2:9: the quote ' is not closed"},
		{"backend b\n server \"a x\n", `2:9: the quote " is not closed`},
		{"backend b\n server a x\\", "2:12: nothing follows"},
		{".if 1\nbackend b\n", "1:1: .if without .endif"},
		{".endif\n", "1:1: .endif without .if"},
		{"backend b\n server-template s 5-2 x\n", "2:20: "},
		{"defaults\n bind :80\n", "2:2: a defaults section cannot have bind"},
		{"defaults\n stick on src\n", "2:2: a defaults section cannot have stick"},
		{"frontend f\n default-server check\n", "2:2: a frontend section cannot have default-server"},
		{"backend b\n timeout server 2s 3s\n", `2:20: timeout: nothing can follow 2s, got "3s"`},
		{"frontend f\n default_backend b if x\n", `2:20: default_backend: nothing can follow b, got "if"`},
		{"backend b\n retries 3 times\n", `2:12: retries: nothing can follow 3, got "times"`},
		{"backend b\n stick on src tabel t\n", `2:15: stick on: after the expression there can be table NAME`},
		{"backend b\n stick on src table\n", "2:15: stick on: after the expression"},
		{"backend b\n stick-table type ip size 1\n stick-table type ip size 2\n", "3:2: there is a table b already, in line 2"},
		{"backend b\n \\balance source\n server a \\x31:80\n\x00", "4:1: control"},
		{"frontend f\n option forwardfor always\n", `2:20: option forwardfor: "always" is not one of`},
		{"frontend f\n no option forwardfor\n", "2:2: no option forwardfor: HAProxy knows no such line"},
		{"backend b\n\x00\x01\x02", "2:1: control character 0x00"},
		{"backend \xff\xfe\n", "1:9: not UTF-8 text"},
		{strings.Repeat("a", maxLine+1), fmt.Sprintf("1:%d: longer than", maxLine+1)},
		{strings.Repeat("a ", maxWords+1), "more than 512 words"},
	} {
		_, err := importer.Import(importer.File("h.cfg", []byte(c.text)), "haproxy", "h.cfg")
		var e *ir.Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "h.cfg:") {
			t.Errorf("%.60q: error %v, want %s", c.text, err, c.want)
		}
	}
}

// Hostile input ends with one error or within bounds.
func TestHostileInput(t *testing.T) {
	var many strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&many, "backend b%d\n balance source\n server a 1.1.1.1:80\n", i)
	}
	cfg, err := importer.Import(importer.File("many.cfg", []byte(many.String())), "haproxy", "many.cfg")
	if err != nil || len(cfg.Pools) != 10_000 {
		t.Errorf("10,000 back ends: %v", err)
	}
	for name, text := range map[string]string{
		"one line of 100 MB":   strings.Repeat("x", 100<<20),
		"many lines":           strings.Repeat("global\n", maxLines+1),
		"a huge template":      "backend b\n" + strings.Repeat(" server-template s 99999 x\n", 2),
		"deeply nested":        strings.Repeat(".if 1\n", 100),
		"a line of 10 MB":      "backend " + strings.Repeat("x", 10<<20),
		"quotes within quotes": "backend " + strings.Repeat(`"'`, 10_000),
	} {
		if _, err := importer.Import(importer.File("h.cfg", []byte(text)), "haproxy", "h.cfg"); err == nil || len(err.Error()) > 500 {
			t.Errorf("%s: error %.600v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(realConfigs, "*.cfg"))
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("backend b\n stick-table type ip size 1k\n stick on src\n cookie C insert\n server-template s 1-3 x:80 check inter ${T}\n no\n option\n timeout\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		cfg, err := importer.Import(importer.File("f", data), "haproxy", "f")
		if (cfg == nil) == (err == nil) {
			t.Fatalf("config %v, error %v", cfg, err)
		}
		if err != nil {
			return
		}
		for _, p := range cfg.Pools {
			if p.Params == nil || len(p.Servers) == 0 || p.Line < 1 {
				t.Errorf("pool %+v", p)
			}
			if v, ok := p.Params.(interface{ Validate() error }); ok {
				if err := v.Validate(); err != nil {
					t.Errorf("pool %s: %v", p.Name, err)
				}
			}
		}
	})
}
