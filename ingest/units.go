package ingest

import (
	"cmp"
	"slices"

	"docent"
	"docent/ingest/site"
)

// share is the part of a source that one unit is: the files of a version in a
// language.
type share struct {
	unit  docent.Unit
	files []string
}

// shares divides the source's files by the version and language of their pages,
// the site's default first. Pages without a version belong to the default one,
// and those that are hidden, which are read only for the report, to the first
// share. There is always one.
func (m *maker) shares() []share {
	about := m.rules.About()
	var all []share
	var rest []string
	for _, f := range m.folder.files {
		page := m.rules.Page(site.File{Path: f})
		if page.Hidden != "" {
			rest = append(rest, f)
			continue
		}
		unit := m.unit
		unit.Version, unit.Lang = cmp.Or(unit.Version, page.Version, defaultVersion(about)), cmp.Or(unit.Lang, page.Lang)
		i := slices.IndexFunc(all, func(s share) bool { return s.unit == unit })
		if i < 0 {
			i, all = len(all), append(all, share{unit: unit})
		}
		all[i].files = append(all[i].files, f)
	}
	if len(all) == 0 {
		all = append(all, share{unit: m.unit})
	}
	slices.SortStableFunc(all, func(a, b share) int {
		return cmp.Or(cmp.Compare(rank(about, a.unit), rank(about, b.unit)), cmp.Compare(a.unit.Version, b.unit.Version), cmp.Compare(a.unit.Lang, b.unit.Lang))
	})
	all[0].files = append(all[0].files, rest...)
	slices.Sort(all[0].files)
	return all
}

// rank is a unit's place in the order that the site has for versions, then
// languages.
func rank(about site.About, u docent.Unit) int {
	version := slices.IndexFunc(about.Versions, func(v site.Version) bool { return v.Name == u.Version })
	lang := slices.Index(about.Langs, u.Lang)
	if version < 0 {
		version = len(about.Versions)
	}
	if lang < 0 {
		lang = len(about.Langs)
	}
	return version*(len(about.Langs)+1) + lang
}

// defaultVersion is what a reader sees who chose no version; "" without
// versions.
func defaultVersion(about site.About) string {
	for _, v := range about.Versions {
		if v.Default {
			return v.Name
		}
	}
	return ""
}

// of is a maker of one share's pages.
func (m *maker) of(s share) *maker {
	one := *m
	one.unit, one.files = s.unit, s.files
	one.fingerprint = one.fingerprintOf()
	return &one
}

// edition is what is stored with the unit's release. A version that the user
// named is its site's only one as far as the folder tells, which does not make it
// the default.
func (m *maker) edition() docent.Edition {
	e := docent.Edition{Covers: cmp.Or(m.src.Version, "*") + "/" + cmp.Or(m.src.Lang, "*")}
	about := m.rules.About()
	e.Main = len(about.Langs) > 0 && about.Langs[0] == m.unit.Lang
	for _, v := range about.Versions {
		if v.Name == m.unit.Version {
			e.Aliases = slices.Clone(v.Aliases)
			e.Default = v.Default && (m.src.Version == "" || len(about.Versions) > 1)
		}
	}
	return e
}
