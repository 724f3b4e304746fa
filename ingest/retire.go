package ingest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"docent"
)

// retirer is an index that tells which units it has, and takes them out.
type retirer interface {
	Releases(ctx context.Context, site string) ([]docent.Release, error)
	Retire(ctx context.Context, unit docent.Unit) error
}

// searched gives the releases of a unit's source that are searched; none where
// index does not tell.
func searched(ctx context.Context, index Index, of docent.Unit) ([]docent.Release, error) {
	lister, ok := index.(retirer)
	if !ok {
		return nil, nil
	}
	releases, err := lister.Releases(ctx, of.Site)
	if code := docent.CodeOf(err); code == docent.CodeNoIndex || code == docent.CodeIndexStamp {
		return nil, nil // this run makes it
	}
	return slices.DeleteFunc(slices.Clone(releases), func(r docent.Release) bool { return r.Unit.Source != of.Source }), err
}

// left sorts out what is searched of the source and not in its folder: a version
// or a language that is gone, or that has a name now. What an earlier run of the
// same part of the source made is gone, since this one would have made it. Of
// what other runs made, or nobody knows which, writers are warned.
func (m *maker) left(searched []docent.Release, shares []share) (gone []docent.Unit, warnings []docent.Warning) {
	covers := m.edition().Covers
	for _, r := range searched {
		u := r.Unit
		made := slices.ContainsFunc(shares, func(s share) bool { return s.unit == u })
		other := m.unit.Version != "" && u.Version != m.unit.Version || m.unit.Lang != "" && u.Lang != m.unit.Lang
		switch {
		case made || other:
		case r.Covers == covers:
			gone = append(gone, u)
		case r.Covers == "" || m.src.Version == "" && m.src.Lang == "":
			warnings = append(warnings, docent.Warning{Message: fmt.Sprintf(
				"the index also has version %q in language %q of this source, which is not in the folder: unless another ingest makes it, it is out of date; "+
					"`docent index drop` deletes it", u.Version, u.Lang)})
		}
	}
	return gone, warnings
}

// retire takes units out of what is searched that the folder no longer has. It is
// called after all others were published, so that no answer is missed meanwhile.
// Where something of the source could not be read, it may be just that: they stay.
func (m *maker) retire(ctx context.Context, index Index, gone []docent.Unit, report *Report) error {
	for _, u := range gone {
		if len(m.folder.skipped) > 0 {
			report.Warnings = append(report.Warnings, docent.Warning{Message: fmt.Sprintf(
				"version %q in language %q stays in the index: the folder has none of it, but not all of the folder could be read", u.Version, u.Lang)})
			continue
		}
		if err := index.(retirer).Retire(ctx, u); err != nil {
			return err
		}
		report.Retired = append(report.Retired, u)
	}
	return nil
}

// Retire takes out of what is searched the units that an earlier run of the same
// part of a source made and this one has not, after a unit of it was published with
// what e says. all are the units that the run has; unless each of them is searched
// by now, nothing is retired, so that no answer is missed. What was published after
// the run began, at since, is another one's. It gives the units that went.
func Retire(ctx context.Context, index Index, unit docent.Unit, e docent.Edition, all []docent.Unit, since time.Time) (gone []docent.Unit, err error) {
	releases, err := searched(ctx, index, unit)
	if err != nil || e.Covers == "" {
		return nil, err
	}
	there := map[docent.Unit]bool{}
	for _, r := range releases {
		there[r.Unit] = true
	}
	for _, u := range all {
		if !there[u] {
			return nil, nil
		}
	}
	for _, r := range releases {
		if r.Covers != e.Covers || slices.Contains(all, r.Unit) || r.CreatedAt.After(since) {
			continue
		}
		switch err := index.(retirer).Retire(ctx, r.Unit); {
		case err == nil:
			gone = append(gone, r.Unit)
		case docent.CodeOf(err) != docent.CodeNotFound: // else another push was faster
			return gone, err
		}
	}
	return gone, nil
}
