package goldentest

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"stickysim/sim"
	"stickysim/testdata/golden"
)

// Case is one recorded run: CASE.json, and the records of CASE.csv. Field by field see testdata/golden/README.md.
type Case struct {
	Name       string         `json:"case"`
	Mechanism  string         `json:"mechanism"`
	Product    string         `json:"lb"`
	Version    string         `json:"lb_version"`
	Kind       string         `json:"kind"` // "map", "seq", "trace"
	Where      string         `json:"where"`
	Note       string         `json:"note"`
	Servers    []Server       `json:"servers"`
	Params     map[string]any `json:"params"`
	Config     []string       `json:"config"`
	CookieName string         `json:"cookie_name"`
	Retries    *int           `json:"retries"`
	Dead       []string       `json:"dead"`
	Hosts      [][2]string    `json:"hosts"`
	Group      string         `json:"group"`
	T0         float64        `json:"t0_unix"` // seconds
	Columns    []string       `json:"columns"`

	Rows [][]string `json:"-"` // without the header
	CSV  []byte     `json:"-"`
}

// Server is a server line of a case.
type Server struct {
	Name        string   `json:"name"`
	Addr        string   `json:"addr"`
	Listen      []string `json:"listen"`
	Weight      *int     `json:"weight"`
	Down        bool     `json:"down"`
	Drain       bool     `json:"drain"`
	Backup      bool     `json:"backup"`
	ID          int      `json:"id"`
	Cookie      string   `json:"cookie"`
	Route       string   `json:"route"`
	Redirect    string   `json:"redirect"`
	Status      string   `json:"status"`
	LoadFactor  *int     `json:"loadfactor"`
	Retry       *int     `json:"retry"`
	Check       *string  `json:"check"`
	MaxConns    int      `json:"max_conns"`
	MaxConn     int      `json:"maxconn"`
	MaxRequests int      `json:"max_requests"`
	MaxFails    *int     `json:"max_fails"`
	FailTimeout string   `json:"fail_timeout"`
}

// Cases returns the recorded cases whose mechanism is the given one or begins with it and a dot, by name. "" means all.
func Cases(t testing.TB, mechanism string) []Case {
	t.Helper()
	cases, err := load(mechanism)
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatalf("no recordings of %q", mechanism)
	}
	return cases
}

func load(mechanism string) ([]Case, error) {
	z, err := archive()
	if err != nil {
		return nil, err
	}
	var cases []Case
	for _, f := range z.File {
		name, ok := strings.CutSuffix(f.Name, ".json")
		if !ok || f.Name == "moves.json" {
			continue
		}
		text, err := content(z, f.Name)
		if err != nil {
			return nil, err
		}
		var c Case
		if err := json.Unmarshal(text, &c); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		if mechanism != "" && c.Mechanism != mechanism && !strings.HasPrefix(c.Mechanism, mechanism+".") {
			continue
		}
		if c.CSV, err = content(z, name+".csv"); err != nil {
			return nil, err
		}
		rows, err := csv.NewReader(bytes.NewReader(c.CSV)).ReadAll()
		if err != nil {
			return nil, fmt.Errorf("%s.csv: %w", name, err)
		}
		c.Rows = rows[1:]
		cases = append(cases, c)
	}
	return cases, nil
}

func archive() (*zip.Reader, error) {
	return zip.NewReader(bytes.NewReader(golden.Zip), int64(len(golden.Zip)))
}

func content(z *zip.Reader, name string) ([]byte, error) {
	f, err := z.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// Clock is the wall clock at the start of the recording, as time since 1970.
func (c Case) Clock() sim.Time { return sim.FromSeconds(c.T0) }

// Param is a parameter as text, "" where the case does not have it.
func (c Case) Param(name string) string {
	if v, ok := c.Params[name]; ok {
		return fmt.Sprint(v)
	}
	return ""
}

// column returns the index of a column, or -1.
func (c Case) column(name string) int {
	for i, n := range c.Columns {
		if n == name {
			return i
		}
	}
	return -1
}

// KeyKind is the kind of key, in the words of ir.KeySource, that the requests of the case carry.
func (c Case) KeyKind() string {
	switch c.Where {
	case "xff", "xsrc", "src":
		return "address"
	case "arg":
		return "argument"
	case "hosturi":
		return "uri"
	}
	return c.Where // header, uri, cookie, none
}
