package eval

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"docent"
)

// Question is a line of a question file.
type Question struct {
	Question string `json:"question"`
	// History precedes the question, oldest first.
	History  []docent.ModelMessage `json:"history,omitempty"`
	Relevant []Target              `json:"relevant"` // where it is answered; none where it is not
	// Answerable says whether the documentation holds the answer. A line
	// without it is answerable where it has something relevant.
	Answerable   bool           `json:"answerable"`
	AnswerPoints []string       `json:"answer_points,omitempty"` // what a good answer says
	Tags         []string       `json:"tags,omitempty"`
	Source       string         `json:"source,omitempty"` // where the question comes from
	Filters      docent.Filters `json:"filters,omitzero"`
	Line         int            `json:"-"` // in its file, from 1
}

// Target is a page or a section that answers a question.
type Target struct {
	Path string `json:"path"` // relative to its source's root
	// Anchor is the section's, without "#"; "" is what stands before the first
	// heading that has one. nil is the page: any section of it will do.
	Anchor *string `json:"anchor,omitempty"`
}

// String is path#anchor, or the path alone.
func (t Target) String() string {
	if t.Anchor == nil {
		return t.Path
	}
	return t.Path + "#" + *t.Anchor
}

// In says nil where the target is a page with these chunks or a section of it,
// and otherwise what is missing.
func (t Target) In(chunks []docent.Chunk) error {
	if t.Anchor == nil || slices.ContainsFunc(chunks, func(c docent.Chunk) bool { return c.Anchor == *t.Anchor }) {
		return nil
	}
	return fmt.Errorf("%s has no section #%s with text", t.Path, *t.Anchor)
}

// maxLine bounds a line of a question file.
const maxLine = 1 << 20

// Read reads a question file: one JSON object a line; empty lines, and those
// that begin with "//", are left out. name is for messages. The error joins one
// for each line that is wrong, as name:line: what is wrong.
func Read(r io.Reader, name string) ([]Question, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var questions []Question
	var wrong []error
	number := 0
	for line := range bytes.Lines(bytes.TrimPrefix(text, []byte("\uFEFF"))) {
		number++
		line = bytes.TrimSpace(line)
		if len(line) == 0 || bytes.HasPrefix(line, []byte("//")) {
			continue
		}
		q, err := parse(line)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s:%d: %w", name, number, err))
			continue
		}
		q.Line = number
		questions = append(questions, q)
	}
	if len(wrong) == 0 && len(questions) == 0 {
		wrong = append(wrong, fmt.Errorf("%s: there is no question in it", name))
	}
	return questions, errors.Join(wrong...)
}

// parse reads one line.
func parse(line []byte) (Question, error) {
	var q struct {
		Question
		Answerable *bool `json:"answerable"`
	}
	if len(line) > maxLine {
		return Question{}, fmt.Errorf("the line has %d bytes: at most %d", len(line), maxLine)
	}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&q); err != nil {
		return Question{}, explained(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Question{}, errors.New("something follows the object: each question is a line of its own")
	}
	q.Question.Answerable = len(q.Relevant) > 0
	if q.Answerable != nil {
		q.Question.Answerable = *q.Answerable
	}
	return q.Question, q.Question.check()
}

// explained says what JSON could not be read in a writer's words.
func explained(err error) error {
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Errorf("%s must be %s, not of JSON's type %s", kind.Field, wanted[kind.Type.Kind().String()], kind.Value)
	case errors.As(err, &kind):
		return errors.New("the line must be an object")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("not JSON: the line ends too soon")
	}
	return fmt.Errorf("not a question: %s", strings.TrimPrefix(err.Error(), "json: "))
}

// wanted are JSON's names for kinds of Go's types.
var wanted = map[string]string{"string": "a string", "bool": "true or false", "slice": "a list", "struct": "an object"}

// check says what of a question does not fit together.
func (q *Question) check() error {
	if strings.TrimSpace(q.Question) == "" {
		return errors.New("question is empty")
	}
	if q.Answerable && len(q.Relevant) == 0 {
		return errors.New("answerable is true, but relevant names nothing")
	}
	if !q.Answerable && len(q.Relevant) > 0 {
		return errors.New("answerable is false, but relevant names something")
	}
	for i, t := range q.Relevant {
		if t.Path == "" {
			return fmt.Errorf("relevant[%d] has no path", i)
		}
		if t.Anchor != nil && strings.HasPrefix(*t.Anchor, "#") {
			return fmt.Errorf("relevant[%d].anchor begins with #: write it without", i)
		}
	}
	for i, m := range q.History {
		if m.Role != docent.RoleUser && m.Role != docent.RoleAssistant {
			return fmt.Errorf("history[%d].role is %q: must be %q or %q", i, m.Role, docent.RoleUser, docent.RoleAssistant)
		}
	}
	return nil
}

// Has says nil where the index has a target of a question with its filters, and
// otherwise what it lacks.
type Has func(Question, Target) error

// Check holds the questions' targets against an index. The error joins one for
// each that is not there, as name:line: what is missing.
func Check(questions []Question, name string, has Has) error {
	var wrong []error
	for _, q := range questions {
		for i, t := range q.Relevant {
			if err := has(q, t); err != nil {
				wrong = append(wrong, fmt.Errorf("%s:%d: relevant[%d]: %w", name, q.Line, i, err))
			}
		}
	}
	return errors.Join(wrong...)
}
