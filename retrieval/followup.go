package retrieval

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"

	"docent"
	"docent/analysis"
)

// What a term of a former question counts beside 1 for one of the question's own.
// Of 55 follow-ups over six manuals the first page found is right in .73, one of the
// first five in .95; .42 and .71 without what was said. After a question about
// something else 716 find .68 and .91, beside .70 and .91 alone.
const (
	// formerWeight counts where the question says that it leans on what was said,
	// and fewWeight where only its few words do.
	formerWeight = 0.7
	fewWeight    = 0.5
	// fewWords is the number of content words up to which a question is taken for
	// one that leans on what was said, continuingWords and referringWords those up
	// to which words at its beginning and words within say so fully: the more a
	// question says itself, the less it takes from elsewhere.
	fewWords        = 2
	continuingWords = 4
	referringWords  = 2
	// leansBack is how many of the reader's former questions one may lean on.
	leansBack = 2
)

// former is a question that another one leans on, and what its terms count.
type former struct {
	text   string
	weight float64
}

// formerOf gives what of a conversation a question leans on, the latest first:
// nothing for one that stands on its own or begins something else, the reader's
// last question for one that can't be understood without it ("and how do I turn
// it off?"), and the one before, too, where that leans as well.
func formerOf(question string, history []docent.ModelMessage) []former {
	var out []former
	weight, last := 1.0, question
	for _, m := range slices.Backward(history) {
		if m.Role != docent.RoleUser {
			continue
		}
		weight *= leans(last, fewWeight)
		if weight == 0 || len(out) == leansBack {
			break
		}
		out = append(out, former{m.Text, weight})
		last = m.Text
	}
	return out
}

// selectedWords is how much of a marked text a question leans on.
const selectedWords = 60

// leansOn gives what a query's text leans on: the text that the reader marked,
// which is nearer than anything said before, else the former questions.
func leansOn(q docent.Query) []former {
	words := strings.Fields(q.Selection)
	if weight := leans(q.Text, fewWeight); len(words) > 0 && weight > 0 {
		return []former{{strings.Join(words[:min(len(words), selectedWords)], " "), weight}}
	}
	return formerOf(q.Text, q.History)
}

// leans says what the question before counts for one: 0 where it stands on its
// own, few where only its few words say otherwise.
func leans(question string, few float64) float64 {
	words := strings.FieldsFunc(strings.ToLower(question), func(r rune) bool { return r != '\'' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	text := " " + strings.Join(words, " ") + " "
	begins := func(with string) bool { return strings.HasPrefix(text, " "+with+" ") }
	n := float64(max(len(analysis.QueryWords(question, "")), 1))
	switch {
	case slices.ContainsFunc(turning, begins):
		return 0
	case slices.ContainsFunc(continuing, begins):
		return formerWeight * min(1, continuingWords/n)
	}
	for i, w := range words {
		if referring[w] || i == len(words)-1 && referringLast[w] {
			return formerWeight * min(1, referringWords/n)
		}
	}
	if n <= fewWords {
		return few
	}
	return 0
}

var (
	// turning begins a question about something else.
	turning = []string{
		"by the way", "btw", "different topic", "different question", "another topic", "another question", "other question", "new question",
		"new topic", "changing the subject", "change of subject", "something else", "unrelated", "on another note", "separately",
		"übrigens", "andere frage", "eine andere frage", "anderes thema", "was anderes", "etwas anderes",
		"au fait", "autre question", "une autre question", "otra pregunta", "por cierto", "outra pergunta", "altra domanda",
	}
	// continuing begins a question that goes on from the one before.
	continuing = []string{
		"and", "but", "or", "also", "only", "just", "then", "so", "why", "why not", "instead", "otherwise", "what about", "how about", "what if",
		"what else", "with", "without", "except", "as", "for", "compared to", "even", "still", "same",
		"und", "aber", "oder", "auch", "nur", "sonst", "warum", "was ist mit", "wie ist es mit", "et", "mais", "ou", "aussi", "pourquoi",
		"y", "pero", "o", "también", "por qué", "e", "mas", "também", "ma", "anche",
	}
	// referring are words by which a question leans on the one before it, and
	// referringLast those that do so at its end ("can I change that?", but not
	// "the port that it listens on").
	referring     = setOf("it its this they them these those")
	referringLast = setOf("that there one ones same instead else too either again")
)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// asked is a query with what is searched for.
type asked struct {
	docent.Query
	on      reading // the page that the reader is on
	leansOn []former
	speaks  string    // the language of the text, a BCP 47 base; "" where nothing tells it
	vector  []float32 // nil: by words alone
	each    []asked   // the questions that it asks one after the other; nil where it asks one thing
}

// asked finds out what a query asks, and for each question what it leans on. With
// an error, which is the embedding model's, all but vectors is there.
func (s *Searcher) asked(ctx context.Context, q docent.Query) (asked, error) {
	speaks := analysis.LanguageOf(q.Text)
	each := questionsOf(q)
	if len(each) == 0 {
		return s.askedOne(ctx, q, speaks)
	}
	all, errs := make([]asked, len(each)), make([]error, len(each))
	var asking sync.WaitGroup
	for i, one := range each {
		asking.Go(func() { all[i], errs[i] = s.askedOne(ctx, one, speaks) })
	}
	asking.Wait()
	return asked{Query: q, leansOn: all[0].leansOn, speaks: speaks, each: all}, errors.Join(errs...)
}

// askedOne gives a question the mean of the vectors of its text and of what it
// leans on, each as much as it counts.
func (s *Searcher) askedOne(ctx context.Context, q docent.Query, speaks string) (asked, error) {
	a := asked{Query: q, leansOn: leansOn(q), speaks: speaks}
	if s.embed == nil || s.kind == builtinVectors && a.foreignTo(builtinLanguage) {
		return a, nil
	}
	texts := append([]former{{q.Text, 1}}, a.leansOn...)
	vectors, errs := make([][]float32, len(texts)), make([]error, len(texts))
	var asking sync.WaitGroup
	for i, f := range texts {
		asking.Go(func() { vectors[i], errs[i] = s.embed(ctx, f.text) })
	}
	asking.Wait()
	err := errors.Join(errs...)
	if err == nil {
		a.vector = blend(vectors, texts)
	}
	return a, err
}

// together is the query's text with the former questions, a line each.
func (a *asked) together() string {
	text := a.Text
	for _, f := range a.leansOn {
		text += "\n" + f.text
	}
	return text
}

// blend gives the weighted mean of vectors, as long as 1; the only one as it is.
func blend(vectors [][]float32, texts []former) []float32 {
	if len(vectors) == 1 || vectors[0] == nil {
		return vectors[0]
	}
	sum := make([]float32, len(vectors[0]))
	for i, v := range vectors {
		for k := range min(len(v), len(sum)) {
			sum[k] += float32(texts[i].weight) * v[k]
		}
	}
	var squares float64
	for _, x := range sum {
		squares += float64(x) * float64(x)
	}
	if squares > 0 {
		for k := range sum {
			sum[k] /= float32(math.Sqrt(squares))
		}
	}
	return sum
}
