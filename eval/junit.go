package eval

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// JUnit writes a report as CI systems read the results of tests: a case for each
// question, which fails where it did not come out right, and one for the
// comparison, where there is one (nil is none).
func (r *Report) JUnit(w io.Writer, c *Comparison) error {
	questions := suite{Name: r.Name}
	for _, one := range r.Results {
		t := testCase{Class: r.Name, Name: legal(fmt.Sprintf("line %d: %s", one.Line, one.asked())), Time: fmt.Sprintf("%.6f", one.TookMS/1000)}
		if !one.Right() {
			t.Failure = &failure{Message: one.Verdict(), Text: legal(fmt.Sprintf("wanted: %s\nfirst: %s\n", one.wanted(), firstOf(one.Top)))}
		}
		questions.add(t)
	}
	answers := r.answerSuite()
	all := struct {
		XMLName xml.Name `xml:"testsuites"`
		Suites  []suite  `xml:"testsuite"`
	}{Suites: []suite{questions}}
	if answers.Tests > 0 {
		all.Suites = append(all.Suites, answers)
	}
	if c != nil {
		all.Suites = append(all.Suites, c.suite(r.Name))
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type suite struct {
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Cases    []testCase `xml:"testcase"`
}

type testCase struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Time    string   `xml:"time,attr,omitempty"`
	Failure *failure `xml:"failure"`
}

type failure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func (s *suite) add(t testCase) {
	s.Tests++
	if t.Failure != nil {
		s.Failures++
	}
	s.Cases = append(s.Cases, t)
}

// answerSuite has a case for each question that was answered, which fails where
// that was poor.
func (r *Report) answerSuite() suite {
	s := suite{Name: r.Name + " answers"}
	for _, one := range r.Results {
		if one.Answer == nil {
			continue
		}
		t := testCase{Class: s.Name, Name: legal(fmt.Sprintf("line %d: %s", one.Line, one.asked())), Time: fmt.Sprintf("%.6f", one.Answer.TookMS/1000)}
		if why := one.poor(); why != "" {
			t.Failure = &failure{Message: legal(why), Text: legal(one.Answer.Text)}
		}
		s.add(t)
	}
	return s
}

// suite is the comparison: a case for each metric that is worse, or one that
// passes.
func (c *Comparison) suite(name string) suite {
	s := suite{Name: name + " compared with the baseline"}
	for _, w := range c.Worse {
		s.add(testCase{Class: s.Name, Name: w.Metric, Failure: &failure{Message: w.String()}})
	}
	if len(c.Worse) == 0 {
		s.add(testCase{Class: s.Name, Name: "no metric is worse"})
	}
	return s
}

// legal leaves out what XML can't hold.
func legal(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, text)
}
