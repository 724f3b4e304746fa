package chat

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"docent"
)

const (
	// maxRoundCalls is how many calls of one round are made.
	maxRoundCalls = 16
	// maxToolLine is how long a line about a call is that a reader sees, in bytes.
	maxToolLine = 200
	// maxToolPassages is how many passages of one result are looked at.
	maxToolPassages = 50
	// maxCallID is the longest ID of a call that is taken as the model gave it.
	maxCallID = 64
)

// called is a call that was made, and what came of it.
type called struct {
	result docent.ToolResult
	err    error // a *docent.Error that the model is told; nil where there is a result
	took   time.Duration
	docs   bool // of a tool that looks into the documentation
}

// take gives a model's calls as they are gone on with: each ID is an answer's
// own, and names are such as every server takes back.
func (b *toolbox) take(calls []docent.ModelCall) []docent.ModelCall {
	taken := make([]docent.ModelCall, len(calls))
	for i, c := range calls {
		if !callID.MatchString(c.ID) || b.ids[c.ID] {
			c.ID = fmt.Sprintf("call_%d", len(b.ids)+1)
			for n := len(b.ids) + 2; b.ids[c.ID]; n++ {
				c.ID = fmt.Sprintf("call_%d", n)
			}
		}
		b.ids[c.ID] = true
		c.Name = oddInName.ReplaceAllString(cmp.Or(c.Name, "_"), "_")
		c.Name = c.Name[:min(len(c.Name), maxCallID)]
		taken[i] = c
	}
	return taken
}

var (
	callID    = regexp.MustCompile(fmt.Sprintf(`^[a-zA-Z0-9_.:-]{1,%d}$`, maxCallID))
	oddInName = regexp.MustCompile(`[^a-zA-Z0-9_-]`)
)

// keyOf names what is called with which arguments: equal JSON is equal, however
// it is written.
func keyOf(c docent.ModelCall) string {
	d := json.NewDecoder(strings.NewReader(c.Arguments))
	d.UseNumber()
	var arguments any
	if err := d.Decode(&arguments); err != nil || d.More() {
		return c.Name + " " + strings.TrimSpace(c.Arguments)
	}
	var written bytes.Buffer
	if err := json.NewEncoder(&written).Encode(arguments); err != nil {
		return c.Name + " " + c.Arguments
	}
	return c.Name + " " + strings.TrimSpace(written.String())
}

// call makes one call, and gives what came of it within the tool's bounds. It
// returns when ctx is done, or the tool's time is over, even if the tool does not.
func (b *toolbox) call(ctx context.Context, c docent.ModelCall) *called {
	tool, known := b.named(c.Name)
	if !known {
		return &called{err: docent.Errorf(docent.CodeNotFound, "there is no tool called %s: the tools are %s", c.Name, b.names())}
	}
	if tool.Timeout <= 0 {
		tool.Timeout = b.bounds.Timeout
	}
	if tool.MaxBytes <= 0 {
		tool.MaxBytes = b.bounds.MaxBytes
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, tool.Timeout)
	defer cancel()
	got := make(chan *called, 1)
	go func() { got <- b.run(ctx, tool, c) }()
	var made *called
	select {
	case made = <-got:
	case <-ctx.Done():
		made = &called{err: ctx.Err()}
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) && made.err != nil {
		made.err = docent.Errorf(docent.CodeInternal, "the tool gave nothing within %s", tool.Timeout)
	}
	made.took, made.docs = time.Since(began), tool.Docs
	made.err = b.told(made.err, c, tool.MaxBytes)
	return made
}

// run calls the tool and cuts what it gives, so that nothing large is kept.
func (b *toolbox) run(ctx context.Context, tool docent.Tool, c docent.ModelCall) *called {
	made := new(called)
	made.err = contained(func() (err error) {
		made.result, err = tool.Call(ctx, docent.ToolCall{ID: c.ID, Arguments: json.RawMessage(c.Arguments), Who: b.who, Filters: b.filters})
		return err
	})
	r := &made.result
	if made.err != nil {
		*r = docent.ToolResult{}
		return made
	}
	r.Text = within(r.Text, tool.MaxBytes)
	r.Summary = harmlessLine(r.Summary)
	r.Passages = slices.DeleteFunc(slices.Clone(r.Passages[:min(len(r.Passages), maxToolPassages)]), func(p docent.Passage) bool {
		return p.Title == "" || !shownAddress(p.URL)
	})
	return made
}

// within gives the beginning of a tool's text, which may be of any size and no
// UTF-8, and says what is missing.
func within(text string, most int) string {
	if len(text) <= most {
		return strings.ToValidUTF8(text, "�")
	}
	return strings.ToValidUTF8(firstBytes(text, most), "�") + fmt.Sprintf("\n(Only the first %d of %d bytes are shown.)", most, len(text))
}

// told makes of an error what the model is told: an *Error's words, and of any
// other that the tool failed, which the log says more of.
func (b *toolbox) told(err error, c docent.ModelCall, most int) error {
	var known *docent.Error
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &known):
		b.log.Info("a tool gave no result", "tool", c.Name, "error", err)
		return &docent.Error{Code: known.Code, Message: within(known.Told(), most)}
	}
	b.log.Warn("a tool failed", "tool", c.Name, "error", err)
	return docent.Errorf(docent.CodeInternal, "the tool failed")
}

// harmlessLine is text in one line of what can be seen, of bounded length.
func harmlessLine(text string) string {
	text = firstBytes(text, 4*maxToolLine)
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	return cut(strings.Join(strings.Fields(text), " "), maxToolLine)
}
