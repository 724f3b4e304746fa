package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"

	"docent"
	"docent/eval"
	"docent/ingest"
	"docent/retrieval"
)

// ErrTargets is in the error of questions that name what the index lacks.
var ErrTargets = errors.New("questions name what the index does not have")

// Evaluate puts a question file's questions to the index, as a server would, and
// reports how they came out. name is the file's. Where targets of questions are
// not in the index the error is ErrTargets and says which, by line; the report is
// then what the questions gave all the same. With answers each question is answered
// as well, as a reader would have it; nil is the search alone.
func Evaluate(ctx context.Context, cfg Config, site, name string, questions []eval.Question, answers *eval.AnswerOptions) (report eval.Report, err error) {
	search, index, err := OpenSearch(ctx, cfg)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, index.Close()) }()
	releases, err := index.Releases(ctx, site)
	if err == nil && len(releases) == 0 {
		err = docent.NoIndex()
	}
	if err == nil {
		err = index.Warm(ctx)
	}
	if err != nil {
		return report, err
	}
	wrong := eval.Check(questions, name, targets(ctx, search, site))
	results, err := eval.Run(ctx, questions, asker(search, site))
	if err == nil && answers != nil {
		err = answerQuestions(ctx, cfg, site, questions, results, *answers)
	}
	if err != nil {
		return report, fmt.Errorf("%s: %w", name, err)
	}
	if wrong != nil {
		wrong = fmt.Errorf("%w:\n%w", ErrTargets, wrong)
	}
	return eval.NewReport(name, results), wrong
}

// EvaluateFolder is Evaluate for an index of src alone, which is made in a
// temporary folder and removed again. progress may be nil.
func EvaluateFolder(ctx context.Context, cfg Config, src ingest.Source, progress func(done, total int, path string), name string, questions []eval.Question, answers *eval.AnswerOptions) (report eval.Report, err error) {
	if cfg.DataDir, err = os.MkdirTemp("", "docent-eval-"); err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(cfg.DataDir)) }()
	cfg.Qdrant.URL, cfg.Sources = "", nil // what is served is not to be touched
	in, err := OpenIngester(ctx, cfg)
	if err != nil {
		return report, err
	}
	_, err = in.Run(ctx, src, progress)
	if err = errors.Join(err, in.Close()); err != nil {
		return report, err
	}
	if src, err = src.Normalised(); err != nil {
		return report, err
	}
	return Evaluate(ctx, cfg, cmp.Or(src.Site, docent.DefaultSite), name, questions, answers)
}

// asker asks as chat does, with what was said before.
func asker(search *retrieval.Searcher, site string) eval.Ask {
	return func(ctx context.Context, q eval.Question, limit int) (docent.Found, error) {
		return search.Search(ctx, docent.Query{Site: site, Text: q.Question, History: q.History, Limit: limit, Filters: q.Filters})
	}
}

// targets looks for what questions name in the index.
func targets(ctx context.Context, search *retrieval.Searcher, site string) eval.Has {
	return func(q eval.Question, t eval.Target) error {
		_, chunks, err := search.Page(ctx, site, q.Filters, t.Path)
		if err != nil {
			return err
		}
		return t.In(chunks)
	}
}
