package reports

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"

	"stickysim/sim/experiment"
)

// The elements of JUnit's XML that Jenkins, GitLab and GitHub's actions read (the schema junit-10.xsd of Jenkins).
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name    string      `xml:"name,attr"`
		Class   string      `xml:"classname,attr"`
		Failure *junitIssue `xml:"failure"`
		Error   *junitIssue `xml:"error"`
		Skipped *junitIssue `xml:"skipped"`
		Out     string      `xml:"system-out,omitempty"`
	}
	junitIssue struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes what gates found as JUnit's XML: a suite per scenario, a case per objective and alternative. What is
// missed is a failure; what is undecided is an error, which no reader takes for a success; and what does not count is
// skipped unless it is met.
func WriteJUnit(w io.Writer, list []*Gated) error {
	all := junitSuites{Name: "stickysim gate"}
	for _, g := range list {
		s := g.junit()
		all.Tests, all.Failures, all.Errors = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors
		all.Suites = append(all.Suites, s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", " ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (g *Gated) junit() junitSuite {
	s := junitSuite{Name: clean(g.Name)}
	if r := g.Result; r != nil {
		s.Properties = []junitProperty{{"seed", strconv.FormatUint(r.Seed, 10)}, {"duration", FormatSpan(r.Duration)}, {"replications", (&index{res: r}).replications()}}
	}
	list := g.checks()
	for i := range list {
		c := &list[i]
		one := junitCase{Name: c.title, Class: s.Name}
		if c.alternative != "" {
			one.Name = c.alternative + ": " + c.title
		}
		text := g.details(c)
		issue := &junitIssue{Type: c.state.String(), Message: c.short(), Text: text}
		switch {
		case c.state == experiment.Met:
			one.Out = text
		case !c.counts:
			one.Skipped, s.Skipped = issue, s.Skipped+1
		case c.state == experiment.Missed:
			one.Failure, s.Failures = issue, s.Failures+1
		default:
			one.Error, s.Errors = issue, s.Errors+1
		}
		s.Cases = append(s.Cases, one)
		if c.limit != "" {
			s.Properties = append(s.Properties, junitProperty{one.Name + " value", c.value}, junitProperty{one.Name + " limit", c.limit})
		}
	}
	s.Tests = len(s.Cases)
	return s
}

// short is a check in a line: what it is, and against what.
func (c *check) short() string {
	text := c.sign() + ": " + c.value
	if c.limit != "" {
		text += ", limit " + c.limit
	}
	if c.margin != "" {
		text += ", margin " + c.margin
	}
	return text
}

// details are all there is to say about a check, line by line.
func (g *Gated) details(c *check) string {
	lines := []string{c.title}
	add := func(name, text string) {
		if text != "" {
			lines = append(lines, name+": "+text)
		}
	}
	add("alternative", c.alternative)
	add("verdict", c.state.String())
	add("value", c.value)
	add("before", c.before)
	add("limit", c.limit)
	add("margin", c.margin)
	if v := c.verdict; v != nil {
		add("replications", strconv.Itoa(v.Value.N))
		add("level", formatValue(v.Value.Confidence, percent))
	}
	add("why", g.because(c))
	add("note", c.note)
	add("to decide it", c.remedy("--max"))
	if !c.counts {
		add("counts", "no")
	}
	return strings.Join(lines, "\n")
}
