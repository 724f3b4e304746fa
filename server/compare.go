package server

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"docent"
	"docent/retrieval"
)

// ReleasesOf gives the kept releases of a unit, oldest first; none is
// docent.CodeNotFound.
func (x Index) ReleasesOf(ctx context.Context, unit docent.Unit) ([]docent.Release, error) {
	all, err := x.AllReleases(ctx, unit.Site)
	if err != nil {
		return nil, err
	}
	kept := slices.DeleteFunc(slices.Clone(all), func(r docent.Release) bool { return r.Unit != unit })
	if len(kept) == 0 {
		return nil, &docent.Error{Code: docent.CodeNotFound, Message: "there is no release of " + DescribeUnit(unit),
			Hint: "'docent index list' shows what there is; name the version and language, too, with --version and --lang"}
	}
	return kept, nil
}

// Release gives a kept release of a unit; number 0 is the active one.
func (x Index) Release(ctx context.Context, unit docent.Unit, number int) (docent.Release, error) {
	kept, err := x.ReleasesOf(ctx, unit)
	if err != nil {
		return docent.Release{}, err
	}
	at := slices.IndexFunc(kept, func(r docent.Release) bool { return r.Number == number || number == 0 && r.Active })
	if at < 0 {
		return docent.Release{}, &docent.Error{Code: docent.CodeNotFound, Message: "that release of " + DescribeUnit(unit) + " is not kept",
			Hint: "'docent index list' shows those that are"}
	}
	return kept[at], nil
}

// named finds the release that a word names, see docent.Wanted.
func (x Index) named(ctx context.Context, unit docent.Unit, word string) (docent.Release, error) {
	source, at, _ := strings.Cut(word, "@")
	unit.Source = source
	if number, err := strconv.Atoi(at); err == nil && number > 0 {
		return x.Release(ctx, unit, number)
	}
	if at != "" {
		if err := CheckPreviewName(at); err != nil {
			return docent.Release{}, err
		}
		unit.Site = docent.PreviewSite(unit.Site, at)
	}
	return x.Release(ctx, unit, 0)
}

// pairs gives the releases that are to be compared.
func (x Index) pairs(ctx context.Context, site string, w docent.Wanted) (pairs []docent.Comparison, err error) {
	if w.Preview == "" {
		var d docent.Comparison
		unit := docent.Unit{Site: site, Version: w.Version, Lang: w.Lang}
		if d.From, err = x.named(ctx, unit, w.From); err == nil {
			d.To, err = x.named(ctx, unit, w.To)
		}
		return append(pairs, d), err
	}
	if err := CheckPreviewName(w.Preview); err != nil {
		return nil, err
	}
	preview, err := x.Releases(ctx, docent.PreviewSite(site, w.Preview))
	if err != nil {
		return nil, err
	}
	if len(preview) == 0 {
		return nil, docent.Errorf(docent.CodeNotFound, "there is no preview %q", w.Preview)
	}
	published, err := x.Releases(ctx, site)
	if err != nil {
		return nil, err
	}
	for _, r := range preview {
		d := docent.Comparison{To: r}
		unit := r.Unit
		unit.Site = site
		d.From.Unit = unit
		if at := slices.IndexFunc(published, func(r docent.Release) bool { return r.Unit == unit }); at >= 0 {
			d.From = published[at]
		}
		pairs = append(pairs, d)
	}
	return pairs, nil
}

// Compare compares releases of a site. search searches one release.
func Compare(ctx context.Context, index Index, search func(docent.Release) *retrieval.Searcher, site string, w docent.Wanted) ([]docent.Comparison, error) {
	pairs, err := index.pairs(ctx, site, w)
	if err != nil {
		return nil, err
	}
	for i := range pairs {
		d := &pairs[i]
		if err := comparePages(ctx, index, d); err != nil {
			return nil, err
		}
		d.Asked = len(w.Questions)
		for _, q := range w.Questions {
			if err := ask(ctx, d, search, q); err != nil {
				return nil, err
			}
		}
	}
	return pairs, nil
}

// Compare implements web.Releases.
func (s releaseDesk) Compare(ctx context.Context, site string, w docent.Wanted) ([]docent.Comparison, error) {
	now := s.enter()
	defer now.users.Done()
	return Compare(ctx, now.index, now.one, site, w)
}

// DescribeUnit names a unit for people, its site aside.
func DescribeUnit(u docent.Unit) string {
	parts := []string{u.Source}
	for _, p := range []string{u.Version, u.Lang} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " ")
}

// one is the search of one release, be it active or not.
func (s *serving) one(r docent.Release) *retrieval.Searcher {
	return retrieval.New(oneRelease{s.index, r}, s.cfg.Retrieval, s.options...)
}

// ask puts a question to both releases.
func ask(ctx context.Context, d *docent.Comparison, search func(docent.Release) *retrieval.Searcher, question string) (err error) {
	change := docent.AnswerChange{Question: question}
	if d.From.Number > 0 {
		if change.From, err = top(ctx, search(d.From), d.From.Unit.Site, question); err != nil {
			return err
		}
	}
	if change.To, err = top(ctx, search(d.To), d.To.Unit.Site, question); err != nil {
		return err
	}
	if change.From != change.To {
		d.Questions = append(d.Questions, change)
	}
	return nil
}

// top names the section that a question finds first; "" where it finds none.
func top(ctx context.Context, search *retrieval.Searcher, site, question string) (string, error) {
	found, err := search.Search(ctx, docent.Query{Site: site, Text: question, Limit: 1})
	if err != nil || len(found.Passages) == 0 {
		return "", err
	}
	p := found.Passages[0]
	if p.Anchor == "" {
		return p.Path, nil
	}
	return fmt.Sprintf("%s#%s", p.Path, p.Anchor), nil
}
