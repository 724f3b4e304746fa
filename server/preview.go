package server

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"docent"
	"docent/ingest"
	"docent/ingest/push"
	"docent/retrieval"
)

// Preview is documentation that stands beside what is published, to be asked by
// its name.
type Preview struct {
	Site     string
	Name     string
	Releases []docent.Release // active ones
	Expires  time.Time        // zero: never
}

// previewLife is how long a preview lives after it was last made.
func (i *Ingest) previewLife() time.Duration { return time.Duration(i.PreviewDays) * 24 * time.Hour }

// CheckPreviewName refuses what can't be the name of a preview.
func CheckPreviewName(name string) error {
	if push.PreviewName.MatchString(name) {
		return nil
	}
	e := docent.Errorf(docent.CodeInvalid, "%q can't be the name of a preview", name)
	e.Hint = "use lower-case letters, digits, '.', '_' and '-', at most 64, such as pr-42"
	return e
}

// cutPreview takes a site's name apart; is is false where it is no preview's.
func cutPreview(site string) (of, name string, is bool) { return strings.Cut(site, "@") }

// PreviewOf gives src as a source of the preview called name.
func PreviewOf(src ingest.Source, name string) ingest.Source {
	src.Site = docent.PreviewSite(cmp.Or(src.Site, docent.DefaultSite), name)
	return src
}

// Previews gives the previews that the index has, expired ones too, by site and
// name.
func (x Index) Previews(ctx context.Context, cfg Config) ([]Preview, error) {
	list, err := x.Indexes(ctx)
	if err != nil {
		return nil, err
	}
	var sites []string
	for _, info := range list {
		if info.Stamp != x.Stamp {
			continue
		}
		for _, u := range info.Units {
			if _, _, is := cutPreview(u.Site); is && !slices.Contains(sites, u.Site) {
				sites = append(sites, u.Site)
			}
		}
	}
	slices.Sort(sites)
	previews := make([]Preview, len(sites))
	for i, s := range sites {
		p := &previews[i]
		p.Site, p.Name, _ = cutPreview(s)
		if p.Releases, err = x.Releases(ctx, s); err != nil {
			return nil, err
		}
		p.Expires = retrieval.PreviewEnd(p.Releases, cfg.Ingest.previewLife())
	}
	return previews, nil
}

// DropPreview deletes all of a preview; docent.CodeNotFound where there is none.
func (x Index) DropPreview(ctx context.Context, site, name string) error {
	releases, err := x.AllReleases(ctx, docent.PreviewSite(site, name))
	if err != nil {
		return err
	}
	if len(releases) == 0 {
		return docent.Errorf(docent.CodeNotFound, "there is no preview %q", name)
	}
	var units []docent.Unit
	for _, r := range releases {
		if !slices.Contains(units, r.Unit) {
			units = append(units, r.Unit)
		}
	}
	for _, u := range units {
		if err := x.Drop(ctx, u); err != nil && docent.CodeOf(err) != docent.CodeNotFound {
			return err
		}
	}
	return nil
}

// DropExpired deletes the previews of site that have expired, and gives them. Site
// "" is all of them.
func (x Index) DropExpired(ctx context.Context, cfg Config, site string) ([]Preview, error) {
	previews, err := x.Previews(ctx, cfg)
	var dropped []Preview
	for _, p := range previews {
		if site != "" && p.Site != site || p.Expires.IsZero() || time.Now().Before(p.Expires) {
			continue
		}
		if err := x.DropPreview(ctx, p.Site, p.Name); err != nil {
			return dropped, err
		}
		dropped = append(dropped, p)
	}
	return dropped, err
}

// oneRelease is an index of which only one release is searched.
type oneRelease struct {
	Index
	release docent.Release
}

func (x oneRelease) Releases(context.Context, string) ([]docent.Release, error) {
	return []docent.Release{x.release}, nil
}

// OpenReleases opens the index as OpenSearch does, and gives the search of any
// one of its releases, be it active or not. The caller closes the index.
func OpenReleases(ctx context.Context, cfg Config) (Index, func(docent.Release) *retrieval.Searcher, error) {
	s, err := openServing(ctx, cfg)
	if err != nil {
		return Index{}, nil, err
	}
	return s.index, s.one, nil
}
