package analysis

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
)

// Terms gives the analysed terms of text in its order, with duplicates: an
// identifier gives itself and then its parts. lang is a BCP 47 tag; "" is
// English. A term has at most MaxTermBytes of letters, digits and -._/:@+#$~
// (marks only in scripts where they are letters).
func Terms(text, lang string) []string {
	terms := make([]string, 0, len(text)/5)
	a := borrow(lang)
	defer a.giveBack()
	a.each(text, func(tokens []token) {
		for _, t := range tokens {
			terms = append(terms, t.term)
		}
	})
	return terms
}

// EachWord calls fn with each of words, which have no blanks, and its terms as Terms
// gives them; the slice is the next word's then.
func EachWord(words []string, lang string, fn func(word int, terms []string)) {
	a := borrow(lang)
	defer a.giveBack()
	var terms []string
	keep := func(tokens []token) {
		for _, t := range tokens {
			terms = append(terms, t.term)
		}
	}
	for i, w := range words {
		terms = terms[:0]
		a.each(w, keep)
		fn(i, terms)
	}
}

// Find calls fn wherever one of terms, each with a number, is a term of one of
// words, which have no blanks. Most words are passed over by their first
// letter, which no stemming changes.
func Find(words []string, lang string, terms map[string]int, fn func(word, term int)) {
	var begins [256]bool
	for t := range terms {
		if t != "" {
			begins[t[0]] = true
		}
	}
	a := borrow(lang)
	defer a.giveBack()
	for i, w := range words {
		if isPlain(w) && !begins[w[0]|0x20] {
			continue
		}
		a.each(w, func(tokens []token) {
			for _, t := range tokens {
				if n, wanted := terms[t.term]; wanted {
					fn(i, n)
				}
			}
		})
	}
}

// QueryTerms gives the distinct terms of a question, in its order, without
// stop words; with them when there is nothing else. At most 32.
func QueryTerms(text, lang string) []string {
	var terms []string
	seen := make(map[string]bool)
	for _, w := range QueryWords(text, lang) {
		for _, t := range w {
			if !seen[t] && len(terms) < maxQueryTerms {
				seen[t] = true
				terms = append(terms, t)
			}
		}
	}
	return terms
}

// Word is a word of a question as its terms: one mostly; an identifier's whole
// form comes first, and then its parts.
type Word []string

// QueryWords gives the distinct words of a question, as QueryTerms does: how
// much of a question a text covers is counted in words.
func QueryWords(text, lang string) []Word {
	var content, stops []Word
	seen := make(map[string]bool)
	a := borrow(lang)
	defer a.giveBack()
	a.each(text, func(tokens []token) {
		var kept, dropped Word
		for _, t := range tokens {
			if t.stop {
				dropped = append(dropped, t.term)
			} else {
				kept = append(kept, t.term)
			}
		}
		key := strings.Join(append(kept[:len(kept):len(kept)], dropped...), " ")
		switch {
		case len(tokens) == 0 || seen[key]:
		case len(kept) > 0:
			content = append(content, kept)
		default:
			stops = append(stops, dropped)
		}
		seen[key] = true
	})
	if len(content) == 0 {
		content = stops
	}
	return content[:min(len(content), maxQueryTerms)]
}

// token is a term, and whether it was a stop word.
type token struct {
	term string
	stop bool
}

// each calls fn with the tokens of each run of text; unspaced characters come
// as bigrams, one at a time.
func (a *analyzer) each(text string, fn func([]token)) {
	eachRun(text, func(run string, unspaced bool) {
		if unspaced {
			eachBigram(fold(lower(run)), func(s string) { fn([]token{{term: s}}) })
			return
		}
		fn(a.run(run))
	})
}

// eachBigram gives each two neighbouring characters, or the only one.
func eachBigram(s string, fn func(string)) {
	_, first := utf8.DecodeRuneInString(s)
	if first == len(s) {
		if s != "" {
			fn(s)
		}
		return
	}
	for start, mid := 0, first; mid < len(s); {
		_, size := utf8.DecodeRuneInString(s[mid:])
		fn(s[start : mid+size])
		start, mid = mid, mid+size
	}
}

// analyzer analyses runs, and remembers what became of them: text says most
// of its words again.
type analyzer struct {
	lang  string
	rules *language
	env   *snowballstem.Env
	known map[string][]token
}

// maxKnown bounds an analyzer's memory to about a megabyte.
const maxKnown = 8192

// analyzers are pools of *analyzer by the base language.
var analyzers sync.Map

func borrow(lang string) *analyzer {
	lang = base(lang)
	if _, ok := languages[lang]; !ok {
		lang = "?"
	}
	pool, ok := analyzers.Load(lang)
	if !ok {
		pool, _ = analyzers.LoadOrStore(lang, &sync.Pool{New: func() any {
			return &analyzer{lang: lang, rules: rulesOf(lang), env: snowballstem.NewEnv(""), known: make(map[string][]token)}
		}})
	}
	return pool.(*sync.Pool).Get().(*analyzer)
}

func (a *analyzer) giveBack() {
	pool, _ := analyzers.Load(a.lang)
	pool.(*sync.Pool).Put(a)
}

// run gives the tokens of a run.
func (a *analyzer) run(run string) []token {
	if tokens, ok := a.known[run]; ok {
		return tokens
	}
	var tokens []token
	if isPlain(run) {
		tokens = a.plain(run)
	} else {
		tokens = a.divided(run)
	}
	if len(run) <= MaxTermBytes {
		if len(a.known) >= maxKnown {
			clear(a.known)
		}
		a.known[strings.Clone(run)] = tokens
	}
	return tokens
}

// isPlain reports whether a run is a word as most are: ASCII letters, none but
// the first a capital.
func isPlain(run string) bool {
	if run == "" || run[0]|0x20 < 'a' || run[0]|0x20 > 'z' {
		return false
	}
	for i := 1; i < len(run); i++ {
		if run[i] < 'a' || run[i] > 'z' {
			return false
		}
	}
	return true
}

// plain gives what divided would, of a plain run.
func (a *analyzer) plain(run string) []token {
	t := a.word(run)
	if t.term == "" {
		return nil
	}
	t.term = strings.Clone(t.term)
	return []token{t}
}

// divided gives the tokens of a run that may be an identifier.
func (a *analyzer) divided(run string) []token {
	var out []token
	keep := func(t token) {
		if t.term != "" {
			t.term = strings.Clone(t.term)
			out = append(out, t)
		}
	}
	full, bare := whole(run)
	if full != bare {
		keep(token{term: identifier(full)})
	}
	if bare == "" {
		return out
	}
	for _, w := range unquote(bare) {
		eachPiece(w, 0, func(piece string, isWord bool) {
			switch {
			case !isWord:
				keep(token{term: identifier(piece)})
			case len(piece) > 1 || piece[0] <= '9' || len(w) == 1: // a part of one letter says nothing
				keep(a.word(piece))
			}
		})
	}
	return out
}

var apostrophes = strings.NewReplacer("'", "", "’", "")

// identifier gives the term of an identifier as it stands, "" when too long.
func identifier(s string) string {
	s = fold(lower(apostrophes.Replace(s)))
	if len(s) > MaxTermBytes {
		return ""
	}
	return s
}

// word gives the term of a word.
func (a *analyzer) word(s string) token {
	s = lower(s)
	if a.rules.stop[s] {
		return token{term: cut(fold(s)), stop: true}
	}
	if a.rules.stem != nil && len(s) <= MaxTermBytes && !strings.ContainsAny(s, "0123456789") {
		a.env.SetCurrent(s)
		a.rules.stem(a.env)
		s = a.env.Current()
	}
	return token{term: cut(fold(s))}
}

// unquote takes apostrophes out of a run: don't is dont, user's is user,
// l'index is index, rock'n'roll is three words.
func unquote(s string) []string {
	if !strings.ContainsAny(s, "'’") {
		return []string{s}
	}
	var out []string
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '\'' || r == '’' })
	for i, p := range parts {
		switch l := strings.ToLower(p); {
		case i > 0 && l == "t":
			out[len(out)-1] += p
		case i > 0 && (l == "s" || l == "re" || l == "ve" || l == "ll" || l == "d" || l == "m"):
		case len(p) <= 2 && i+1 < len(parts) && len(parts[i+1]) > 2: // an article: l', d', qu'
		default:
			out = append(out, p)
		}
	}
	return out
}
