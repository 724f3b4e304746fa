package chat

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"docent"
	"docent/analysis"
)

// What happens to sentences that the passages do not bear out.
const (
	VerifyMark     = "mark"     // they are told by support events
	VerifyWithhold = "withhold" // and unsupported ones are not shown
	VerifyModel    = "model"    // as mark; and those that are doubted are put to the model
	VerifyOff      = "off"      // nothing is checked
)

// AnswerConfig is the answer section of config.yaml.
type AnswerConfig struct {
	// Mode is ModeDocs or ModeChat, of sites that have none of their own.
	Mode   string `yaml:"mode"`
	Verify string `yaml:"verify"`
	// CertainFrom is the least estimate (0 to 1) that the documentation holds the
	// answer with which it is called certain.
	CertainFrom float64 `yaml:"certain_from"`
	// OutsideKnowledge lets a model answer from what it knows where the
	// documentation does not hold the answer, behind a sentence that says so.
	OutsideKnowledge bool `yaml:"outside_knowledge"`
	// Followups is how many questions to go on with an answer offers; 0 is none.
	Followups int `yaml:"followups"`
	// CacheFor is how long an answer is given to others who ask the same; 0 is never.
	CacheFor time.Duration `yaml:"cache_for"`
	// CacheBytes is how much is kept for that, of all sites together.
	CacheBytes int `yaml:"cache_bytes"`
	// Links are hosts that an answer's links may lead to beside those of its
	// sources: names in lower case, without port.
	Links []string `yaml:"links"`
	// Images lets images through from where links may lead.
	Images bool `yaml:"images"`
	// LeakWords is how many words in a row an answer may not repeat of the system
	// prompt and of configured instructions; 0 lets it repeat all.
	LeakWords int `yaml:"leak_words"`
}

// Validate checks what can't be answered with; the error is a
// *docent.SettingError.
func (c AnswerConfig) Validate() error {
	return docent.CheckSettings(
		docent.SettingCheck{OK: slices.Contains(Modes(), c.Mode), Key: "answer.mode", Right: "docs or chat"},
		docent.SettingCheck{OK: slices.Contains([]string{VerifyMark, VerifyWithhold, VerifyModel, VerifyOff}, c.Verify), Key: "answer.verify", Right: "mark, withhold, model or off"},
		docent.SettingCheck{OK: c.CertainFrom >= 0 && c.CertainFrom <= 1, Key: "answer.certain_from", Right: "a number from 0 to 1"},
		docent.SettingCheck{OK: c.Followups >= 0 && c.Followups <= 10, Key: "answer.followups", Right: "a whole number from 0 to 10"},
		docent.SettingCheck{OK: c.LeakWords == 0 || c.LeakWords >= leastSecret, Key: "answer.leak_words", Right: "6 or more, or 0 (answers may repeat instructions)"},
		docent.SettingCheck{OK: c.CacheFor >= 0, Key: "answer.cache_for", Right: "0 (no answer is given to others) or more"},
		docent.SettingCheck{OK: c.CacheBytes >= 0, Key: "answer.cache_bytes", Right: "0 or more"},
		docent.SettingCheck{OK: validHosts(c.Links), Key: "answer.links", Right: "names of hosts in lower case, such as github.com, without https:// and without a path"},
	)
}

// Judge says how far a sentence is borne out by the passages whose numbers it
// cites, or by all where it cites none.
type Judge func(sentence string, cited []int) Verdict

// Verdict is what was found of a sentence.
type Verdict struct {
	State  docent.Support // "" of a sentence that claims nothing
	Reason string         // in a few words, for whoever runs the site
	// Named is set where a name decided that no passage has: nobody knows better.
	Named bool
}

// sentences finds the sentences of a text and judges them.
type sentences struct {
	judge Judge
	known func(n int) bool
	split analysis.Splitter
	row   bool // the last one was a table's row
}

// of judges a sentence, and gives what it cites. lead is what stands between
// the sentence before and this one. Headings and the first rows of tables claim
// nothing.
func (s *sentences) of(lead, sentence string) (Verdict, []int) {
	row := strings.HasPrefix(sentence, "|")
	first := row && !(s.row && !strings.Contains(lead, "\n\n"))
	s.row = row
	mark := lead[strings.LastIndexByte(lead, '\n')+1:]
	if first || strings.Contains(mark, "#") {
		return Verdict{}, nil
	}
	cited := []int{}
	f := newCiteFilter(s.known, func(string) error { return nil }, func(n, _ int) error {
		cited = append(cited, n)
		return nil
	})
	_ = f.Write(sentence) // neither function fails
	_ = f.Close()
	return s.judge(sentence, cited), cited
}

// support follows an answer's text and tells of its sentences.
type support struct {
	sentences
	over    bool // no sentence is judged any more
	fed     int  // bytes of the text that were looked at
	last    int  // where the last sentence ended
	at      int  // a place in the text, in bytes
	units   int  // and in UTF-16 units
	checked int
	borne   float64 // of them: a part counts half

	open      func(passages []docent.Passage) Judge
	inner     Judge // of the passages of now
	beyond    bool  // of these, some can't be cited
	announces int   // up to here, what cites nothing may only announce a call

	passages []docent.Passage // for the model's second opinion; nil where none is asked for
	doubted  []doubt          // of which it is not told yet
}

// newSupport begins the check of an answer from passages. Those with N 0 can't be
// cited, and bear sentences out whatever these cite.
func newSupport(open func(passages []docent.Passage) Judge, passages []docent.Passage, known func(n int) bool) *support {
	s := &support{open: open}
	s.against(passages)
	s.sentences = sentences{known: known, judge: unlessRefusing(func(sentence string, cited []int) Verdict {
		if s.beyond && len(cited) > 0 {
			cited = append(slices.Clip(cited), 0)
		}
		return s.inner(sentence, cited)
	})}
	return s
}

// against has sentences that end from now on held against other passages.
func (s *support) against(passages []docent.Passage) {
	if s == nil || s.open == nil {
		return
	}
	s.inner = s.open(passages)
	s.beyond = slices.ContainsFunc(passages, func(p docent.Passage) bool { return p.N == 0 })
	if s.passages != nil {
		s.passages = passages
	}
}

// announced says that a round of calls ends the text at a place.
func (s *support) announced(place int) {
	if s != nil {
		s.announces = place
	}
}

// tell emits what was found of the sentences that are complete by now; with
// end set they all are.
func (a *answering) tell(end bool) {
	s := a.support
	if s == nil || s.over {
		return
	}
	spans := s.split.Write(string(a.text[s.fed:]))
	s.fed = len(a.text)
	if end {
		spans = append(spans, s.split.Close()...)
	}
	for _, span := range spans {
		v, cited := s.of(string(a.text[s.last:span.Start]), string(a.text[span.Start:span.End]))
		s.last = span.End
		if v.State == "" || span.End <= s.announces && len(cited) == 0 && v.State != docent.Supported {
			continue
		}
		d := docent.SupportData{SentenceStart: s.unitsTo(a.text, span.Start), SentenceEnd: s.unitsTo(a.text, span.End), State: v.State, Citations: cited}
		if s.doubts(v) {
			s.doubted = append(s.doubted, doubt{d, v, string(a.text[span.Start:span.End])})
			continue
		}
		a.told(d, v.Reason)
	}
}

// told emits what was found of a sentence.
func (a *answering) told(d docent.SupportData, reason string) {
	a.support.count(d.State)
	a.trace.judged(d, reason)
	a.emit(docent.EventSupport, d)
}

func (s *support) count(state docent.Support) {
	if share, checked := state.Share(); checked {
		s.borne += share
		s.checked++
	}
}

// grounded is the share of the checked sentences that are borne out; nil where
// none was checked.
func (s *support) grounded() *float64 {
	if s == nil || s.checked == 0 {
		return nil
	}
	share := s.borne / float64(s.checked)
	return &share
}

// unitsTo counts the UTF-16 units up to a place, which is never before the
// last one that was asked for.
func (s *support) unitsTo(text []byte, place int) int {
	for s.at < place {
		r, size := utf8.DecodeRune(text[s.at:])
		s.at += size
		s.units++
		if r > 0xFFFF {
			s.units++
		}
	}
	return s.units
}
