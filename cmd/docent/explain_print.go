package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf16"

	"docent"
	"docent/server"
)

// explained is an explanation for people: what came of it first, then how.
func explained(e server.Explanation) string {
	var b strings.Builder
	t := &e.Trace
	explainOutcome(&b, e)
	if t.Zone == "" {
		b.WriteString("\nNothing was searched for: see the steps\n")
	} else {
		explainSearch(&b, t)
		explainEstimate(&b, t)
		explainCandidates(&b, t)
	}
	explainPassages(&b, t)
	explainSentences(&b, e)
	explainCalls(&b, t)
	explainSteps(&b, t)
	if len(t.Prompt) > 0 {
		b.WriteString("\nPROMPT, as it was packed (without a model it is not sent)\n")
	}
	for _, m := range t.Prompt {
		fmt.Fprintf(&b, "\n--- %s ---\n%s\n", m.Role, m.Text)
	}
	return b.String()
}

func explainOutcome(b *strings.Builder, e server.Explanation) {
	m := e.Answer
	fmt.Fprintf(b, "Question  %s\nAsked     %s on site %s; the answer is %s\n", e.Trace.Question, e.Trace.At.Format("2006-01-02 15:04:05 UTC"), e.Trace.Site, m.ID)
	outcome := string(m.FinishReason)
	if m.Cause != "" {
		outcome += " (" + string(m.Cause) + ")"
	}
	if e.Trace.Model != "" {
		outcome += ", written by " + e.Trace.Model
	}
	if m.Grounded != nil {
		outcome += fmt.Sprintf(", %.0f %% of its checked sentences borne out", 100**m.Grounded)
	}
	fmt.Fprintf(b, "Outcome   %s\n", outcome)
	if m.Timings != nil {
		fmt.Fprintf(b, "Time      found after %.1f ms, first word after %.1f, whole after %.1f\n", m.Timings.RetrievalMS, m.Timings.FirstTokenMS, m.Timings.TotalMS)
	}
	u := m.Usage
	fmt.Fprintf(b, "Cost      %d tokens in (%d of them cached), %d out, %.5f USD\n", u.InputTokens, u.CachedTokens, u.OutputTokens, u.CostUSD)
	fmt.Fprintf(b, "\nANSWER\n%s\n", indented(m.Text))
}

func explainSearch(b *strings.Builder, t *docent.Trace) {
	fmt.Fprintf(b, "\nSEARCHED FOR\n%s\n", indented(t.Query))
	if leans, has := strings.CutPrefix(t.Asked, t.Query+"\n"); has {
		fmt.Fprintf(b, "  leaning on what was asked before:\n%s\n", indented(leans))
	} else if t.Asked != t.Query {
		fmt.Fprintf(b, "  as:\n%s\n", indented(t.Asked))
	}
	for _, f := range []struct{ name, value string }{
		{"source", t.Filters.Source}, {"version", t.Filters.Version}, {"language", t.Filters.Lang}, {"path", t.Filters.PathPrefix},
		{"preview", t.Preview}, {"page", t.Page.URL}, {"note", t.Note},
	} {
		if f.value != "" {
			fmt.Fprintf(b, "  %s: %s\n", f.name, f.value)
		}
	}
	for _, r := range t.Releases {
		fmt.Fprintf(b, "  in %s, release %d\n", strings.Join(strings.Fields(r.Unit.Source+" "+r.Unit.Version+" "+r.Unit.Lang), " "), r.Number)
	}
}

// zones say what an estimate means.
var zones = map[string]string{
	"refused":   "below retrieval.refuse_below, or nothing was found: refused, and no model was asked",
	"uncertain": "the answer is called uncertain",
	"certain":   "answered",
}

func explainEstimate(b *strings.Builder, t *docent.Trace) {
	fmt.Fprintf(b, "\nESTIMATE\n  %.2f that the documentation holds the answer: %s\n", t.Answerable, zones[t.Zone])
	if len(t.Signs) == 0 {
		return
	}
	b.WriteString("  of these signs of the first passages; the best one counts:\n")
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	names := namesOf(t.Signs)
	fmt.Fprintf(w, "  \t%s\t\n", strings.Join(names, "\t"))
	for i, signs := range t.Signs {
		fmt.Fprintf(w, "  %d\t%s\t\n", i+1, figures(signs, names))
	}
	w.Flush()
	b.WriteString(`  told: how much of the question the passage tells; headed: how much its title and headings do; lacking: the rarity of
  the rarest word that it lacks; names: likewise of all names that it lacks; similar: its nearness in meaning
`)
}

// namesOf gives the names that any of the features has, in order.
func namesOf(all []docent.Features) []string {
	var names []string
	for _, f := range all {
		for name := range f {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func figures(f docent.Features, names []string) string {
	cells := make([]string, len(names))
	for i, name := range names {
		cells[i] = fmt.Sprintf("%.2f", f[name])
	}
	return strings.Join(cells, "\t")
}

func explainCandidates(b *strings.Builder, t *docent.Trace) {
	fmt.Fprintf(b, "\nCANDIDATES, the first %d; by words and by meaning are places in the store's lists\n", len(t.Candidates))
	features := make([]docent.Features, len(t.Candidates))
	for i, c := range t.Candidates {
		features[i] = c.Features
	}
	names := namesOf(features)
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "  #\tscore\t%s\tby words\tby meaning\tpage, section\n", strings.Join(names, "\t"))
	for i, c := range t.Candidates {
		fmt.Fprintf(w, "  %d\t%.3f\t%s\t%s\t%s\t%s, %d\n", i+1, c.Score, figures(c.Features, names), placeIn(c.Lexical), placeIn(c.Dense), c.Path, c.Section)
	}
	w.Flush()
}

// placeIn is a place in a list; a dash where it is not there.
func placeIn(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

func explainPassages(b *strings.Builder, t *docent.Trace) {
	if len(t.Passages) == 0 {
		return
	}
	fmt.Fprintf(b, "\nPASSAGES, the best %d\n", len(t.Passages))
	for _, p := range t.Passages {
		number := "[-]"
		if p.N > 0 {
			number = fmt.Sprintf("[%d]", p.N)
		}
		fmt.Fprintf(b, "  %s %.2f  %4d tokens  %s > %s  %s\n", number, p.Score, p.Tokens, p.Title, p.Heading, p.URL)
		if p.LeftOut != "" {
			fmt.Fprintf(b, "      left out: %s\n", p.LeftOut)
		}
	}
	if t.Budget > 0 {
		fmt.Fprintf(b, "  the prompt has some %d tokens of chat.context_tokens: %d\n", t.PromptTokens, t.Budget)
	}
}

func explainSentences(b *strings.Builder, e server.Explanation) {
	if len(e.Trace.Sentences) == 0 {
		return
	}
	b.WriteString("\nSENTENCES, and what was found of each\n")
	text := utf16.Encode([]rune(e.Answer.Text))
	for _, s := range e.Trace.Sentences {
		said, state := s.Text, string(s.State)
		if said != "" {
			state += ", withheld"
		} else if 0 <= s.Start && s.Start <= s.End && s.End <= len(text) {
			said = string(utf16.Decode(text[s.Start:s.End]))
		}
		fmt.Fprintf(b, "  %s: %s\n", state, strings.Join(strings.Fields(said), " "))
		if s.Reason != "" {
			fmt.Fprintf(b, "      %s\n", s.Reason)
		}
	}
}

// explainCalls tells which tools the model called, and what they told.
func explainCalls(b *strings.Builder, t *docent.Trace) {
	if len(t.Calls) == 0 {
		return
	}
	b.WriteString("\nTOOLS\n")
	for _, c := range t.Calls {
		fmt.Fprintf(b, "  %8.1f ms  %s %s: %s after %.1f ms\n%s\n", c.AtMS, c.Name, c.Arguments, c.State, c.TookMS, indented(indented(c.Result)))
	}
}

func explainSteps(b *strings.Builder, t *docent.Trace) {
	b.WriteString("\nSTEPS\n")
	for _, s := range t.Steps {
		fmt.Fprintf(b, "  %8.1f ms  %s\n", s.AtMS, strings.TrimSuffix(s.Name+": "+s.Detail, ": "))
	}
}

// indented sets text off.
func indented(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }
