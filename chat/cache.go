package chat

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"docent"
)

// obtain takes the answer from the cache, or makes it: together with whoever asks
// the same at the same time, where it is for nobody in particular.
func (s *Service) obtain(a *answering) error {
	key := s.cacheKey(a)
	switch {
	case key == "":
		return s.compose(a)
	case !a.ask.Fresh:
		return s.share(a, key)
	}
	err := s.compose(a)
	if err == nil && worthKeeping(a) {
		a.answer.Cache = s.kept(key)
	}
	return err
}

// kept is how an answer is kept under a key from now on.
func (s *Service) kept(key string) *docent.CacheEntry {
	return &docent.CacheEntry{Key: key, Until: time.Now().Add(s.cfg.Answer.CacheFor), MaxBytes: s.cfg.Answer.CacheBytes}
}

// decisive is all that decides an answer which is for nobody in particular.
type decisive struct {
	Revision string // of the prompt and the settings
	Question string
	Lang     string // of the answer
	Today    string // where the instructions name it
	Model    string
	Filters  docent.Filters
	Preview  string
	Page     docent.PageContext
	Releases []docent.Release
}

// cacheKey names all that decides an answer. It is "" where that can't be shared:
// it leans on what was said before, on what is marked, attached or asked for by a program, replaces another
// one, may end in the reader's page, or is made by instructions or tools that may know who asks.
func (s *Service) cacheKey(a *answering) string {
	message := a.turn.User.Text
	personal, dated, regional := s.names(a.who.Site)
	switch {
	case s.cfg.Answer.CacheFor <= 0, s.docs == nil, personal, s.knowsMore(a.who.Site):
		return ""
	case !a.turn.NewSession, a.turn.RetryOf != "", a.ask.ClientTools && len(s.clientTools) > 0, len(a.ask.History) > 0, len(a.ask.Attachments) > 0, a.ask.Page.Selection != "", a.ask.Program != "", kindOf(message) != asksDocs:
		return ""
	}
	releases, err := s.docs.Releases(a.ctx, docent.Query{Site: a.who.Site, Text: message, Filters: a.ask.Filters, Page: a.ask.Page.URL})
	if err != nil || len(releases) == 0 {
		return "" // the search says why, and better
	}
	a.named = releases
	d := decisive{
		Revision: s.revision, Question: normalised(message), Model: s.modelName(a.ask.Model),
		Lang:    readersLanguage(message, nil, a.ask.Filters.Lang, a.ask.Lang),
		Filters: a.ask.Filters, Preview: a.ask.Filters.Index, Page: a.ask.Page, Releases: releases,
	}
	if !regional {
		d.Lang = baseOf(d.Lang)
	}
	if dated {
		d.Today = a.turn.Answer.CreatedAt.UTC().Format(time.DateOnly)
	}
	return digest(d)
}

// digest names a value by all that it says.
func digest(v any) string {
	encoded, err := json.Marshal(v)
	if err != nil { // only a type that JSON does not know can do that
		panic("chat: cache: " + err.Error())
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:])
}

// revisionOf names what decides each answer of a Service.
func revisionOf(c Config) string {
	c.Bounds = docent.Bounds{} // who may ask how often does not
	return digest([]string{promptText, fmt.Sprintf("%v", c)})
}

// modelName is the model that a question is put to.
func (s *Service) modelName(asked string) string {
	if asked == "" && len(s.cfg.Models) > 0 {
		return s.cfg.Models[0]
	}
	return cmp.Or(asked, "default")
}

// Actions of instructions, and what in them is the same for all readers of a site.
var (
	templateAction = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	commonValue    = regexp.MustCompile(`\.(Site|Source|Lang|Today)\b`)
)

// knowsMore reports whether a site's tools may tell what is not in the documentation:
// who asks decides that, and when.
func (s *Service) knowsMore(site string) bool {
	return slices.ContainsFunc(s.allTools(), func(t docent.Tool) bool {
		return !t.Docs && (len(t.Sites) == 0 || slices.Contains(t.Sites, site))
	})
}

// names tells what the instructions of a site depend on: on who asks, on the day,
// and on more of the reader's language than its base.
func (s *Service) names(site string) (personal, dated, regional bool) {
	texts := s.cfg.Instructions + "\n" + s.cfg.OfSites[site]
	for unit, text := range s.cfg.OfSources {
		if unit.Site == site {
			texts += "\n" + text
		}
	}
	for _, action := range templateAction.FindAllString(texts, -1) {
		personal = personal || strings.ContainsAny(commonValue.ReplaceAllString(action, ""), ".$")
		dated = dated || strings.Contains(action, ".Today")
		regional = regional || strings.Contains(action, ".Lang")
	}
	return personal, dated, regional
}

// found retrieves for an answer, and notes where that was not from what the cache's key
// names: another release, or another index, took its place meanwhile.
func (s *Service) found(a *answering, q docent.Query) (docent.Found, error) {
	found, err := s.retrieve(a.ctx, q)
	a.strayed = a.strayed || a.named != nil && slices.ContainsFunc(found.Releases, func(r docent.Release) bool {
		return !slices.ContainsFunc(a.named, func(n docent.Release) bool {
			return n.Unit == r.Unit && n.Number == r.Number && n.CreatedAt.Equal(r.CreatedAt)
		})
	})
	return found, err
}

// normalised makes questions equal that differ in blanks, in capitals that begin
// words, and in the marks at their end. A message of several lines, which may
// hold code, stays as it is.
func normalised(question string) string {
	question = strings.TrimSpace(question)
	if strings.ContainsAny(question, "\n`") {
		return question
	}
	words := strings.Fields(question)
	for i, w := range words {
		words[i] = uncapitalised(w)
	}
	return strings.TrimRight(strings.Join(words, " "), " ?!.？！。")
}

// uncapitalised is a word with a small letter at its beginning; a name, such as
// HTTP, readFile or -V, stays.
func uncapitalised(word string) string {
	first, size := utf8.DecodeRuneInString(word)
	rest := word[size:]
	if !unicode.IsUpper(first) || rest == "" && first != 'I' || rest != strings.ToLower(rest) {
		return word
	}
	return string(unicode.ToLower(first)) + rest
}

// MadeAs gives the ID of the answer that a traced one was taken from; "" where it
// was made for its own reader.
func MadeAs(t docent.Trace) string {
	for _, step := range t.Steps {
		if step.Name == stepCached || step.Name == stepShared {
			return step.Detail
		}
	}
	return ""
}

// groundedEnough is the share of the checked sentences of an answer that has to be
// borne out for others to be given it.
const groundedEnough = 0.8

// worthKeeping reports whether others may be given an answer: it is whole, certain
// and borne out, cites something, and was made of the documentation alone, as
// it was asked for.
func worthKeeping(a *answering) bool {
	whole := a.done.FinishReason == docent.FinishStop || a.done.FinishReason == docent.FinishExtractive && a.done.Cause == docent.CauseNoModel
	if !whole || a.strayed || a.done.Certain != "yes" || len(a.done.Citations) == 0 {
		return false
	}
	if share := a.support.grounded(); share != nil && *share < groundedEnough {
		return false
	}
	for _, e := range a.log() {
		var found docent.SourcesData
		switch {
		case e.Name == docent.EventTool:
			return false // what was searched then may have releases that the key does not name
		case e.Name == docent.EventSources && (json.Unmarshal(e.Data, &found) != nil || found.Note != ""):
			return false // a version fell back, or vectors were missing
		}
	}
	return true
}
