package server

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"docent"
	"docent/retrieval"
)

// serving is an index that questions are put to, with the search in it.
type serving struct {
	*retrieval.Searcher
	cfg   Config       // that it was opened with
	wants docent.Stamp // what its questions can be put to, see fitting
	index Index
	users sync.WaitGroup // the calls under way

	options []retrieval.Option // of the search
}

// openServing opens the index that questions are to be put to, see fitting.
// Where the dimensions of the embedding model are not configured, they are the
// index's; without an index the model is asked for them, but only for a moment,
// since a server must start while its model is down.
func openServing(ctx context.Context, cfg Config) (*serving, error) {
	e, err := newEmbedder(cfg)
	if err != nil {
		return nil, err
	}
	s := &serving{cfg: cfg, wants: e.stamp()}
	if s.index, err = openIndex(ctx, cfg, s.wants); err != nil {
		return nil, err
	}
	list, err := s.index.Indexes(ctx)
	if err != nil {
		return nil, errors.Join(err, s.index.Close())
	}
	stamp := s.fitting(list).Stamp
	if stamp == (docent.Stamp{}) {
		asking, cancel := context.WithTimeout(ctx, askTime)
		_ = e.learn(asking) // without an answer the index says that it does not fit
		cancel()
		stamp = e.stamp()
	} else {
		e.expect(stamp.Dimensions)
	}
	if stamp != s.index.Stamp {
		if err := s.index.Close(); err != nil {
			return nil, err
		}
		if s.index, err = openIndex(ctx, cfg, stamp); err != nil {
			return nil, err
		}
	}
	cfg.Retrieval.PublicURL = cfg.Server.PublicURL
	s.options = append(e.options(), retrieval.WithPreviews(cfg.Ingest.previewLife()))
	s.Searcher = retrieval.New(s.index, cfg.Retrieval, s.options...)
	return s, nil
}

// fitting chooses, of indexes in the order of their last publications, the one
// to put questions to; a zero one where there is none. Questions have to be
// analysed and embedded as its pages were; how those were split does not matter
// to them, so another version of the splitter is none of their business. It is
// the newest one that is complete: that has every unit that the older ones
// have, previews aside. So an index that is built beside another one is taken up when the last
// of the sources is in, and all processes decide alike. Where config.yaml has
// sources, only theirs count: others were given up.
func (s *serving) fitting(list []docent.IndexInfo) (best docent.IndexInfo) {
	for _, i := range slices.Backward(list) {
		if s.takes(i.Stamp) && len(s.lacking(i, best)) == 0 {
			best = i
		}
	}
	return best
}

// takes reports whether questions can be put to an index of the stamp.
func (s *serving) takes(found docent.Stamp) bool {
	wants := s.wants
	wants.Splitter = found.Splitter
	if wants.Dimensions == 0 && wants.Embedding != lexicalStamp().Embedding {
		wants.Dimensions = found.Dimensions // they are left to the model
	}
	return found == wants
}

// fits says nil where questions can be put to an index of the stamp, and otherwise
// what to do.
func (c Config) fits(found docent.Stamp) error {
	e, err := newEmbedder(c)
	if err != nil {
		return err
	}
	wants := e.stamp()
	if (&serving{wants: wants}).takes(found) {
		return nil
	}
	hint := "make it again with this version of docent: 'docent ingest', then 'docent index export'"
	switch {
	case found.Analyzer == wants.Analyzer && found.Dimensions == 0:
		hint = "set embedding.provider to none, to search by words as it was made for, or make it again: 'docent ingest', then 'docent index export'"
	case found.Analyzer == wants.Analyzer:
		hint = "set embedding.provider, embedding.model and embedding.dimensions as they were when it was made, or make it again: 'docent ingest', then 'docent index export'"
	}
	return &docent.Error{Code: docent.CodeIndexStamp, Hint: hint,
		Message: "the index file was made with " + DescribeStamp(found) + ", and questions here come with " + DescribeStamp(wants)}
}

// lacking gives the units that an older index has and a newer one should have,
// but has not.
func (s *serving) lacking(newer, older docent.IndexInfo) []docent.Unit {
	configured := s.cfg.configured()
	var missing []docent.Unit
	for _, u := range older.Units {
		if _, _, preview := cutPreview(u.Site); preview {
			continue
		}
		if !slices.Contains(newer.Units, u) && (len(configured) == 0 || slices.Contains(configured, sourceOf(u))) {
			missing = append(missing, u)
		}
	}
	return missing
}

// waiting says which units keep the newest index that could be served from being
// so; nil where it is served.
func (s *serving) waiting(list []docent.IndexInfo) error {
	at := slices.IndexFunc(list, func(i docent.IndexInfo) bool { return s.takes(i.Stamp) })
	if at < 0 || list[at].Stamp == s.index.Stamp {
		return nil
	}
	older := s.fitting(list)
	var names []string
	for _, u := range s.lacking(list[at], older) {
		names = append(names, strings.Join(strings.Fields(u.Source+" "+u.Version+" "+u.Lang), " "))
	}
	return &docent.Error{Code: docent.CodeConflict,
		Message: "questions are put to an older index, since the one that was published last lacks " + strings.Join(names, ", "),
		Hint:    "ingest what it lacks, too; if that was given up, name in config.yaml the sources that count, or delete " + older.Name}
}

// ready says nil when questions of a site can be answered.
func (s *serving) ready(ctx context.Context) error {
	for _, site := range s.cfg.SiteNames() {
		releases, err := s.index.Releases(ctx, site)
		if err != nil || len(releases) > 0 {
			return err
		}
	}
	return docent.NoIndex()
}
