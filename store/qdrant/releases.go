package qdrant

import (
	"cmp"
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"sync"

	api "github.com/qdrant/go-client/qdrant"

	"docent"
	"docent/analysis"
)

// Releases gives the active release of every unit of site, in the order of
// source, version, language. A release that another process published is seen
// at once.
func (x *Index) Releases(ctx context.Context, site string) ([]docent.Release, error) {
	records, err := x.siteRecords(ctx, site)
	if err != nil {
		return nil, err
	}
	var active []docent.Release
	for _, r := range records {
		if release, ok := r.release(r.active); ok {
			active = append(active, release)
		}
	}
	x.stats.forget(site, active)
	return active, nil
}

// AllReleases gives every kept release of every unit of site, in the order of
// source, version, language, number.
func (x *Index) AllReleases(ctx context.Context, site string) ([]docent.Release, error) {
	records, err := x.siteRecords(ctx, site)
	var releases []docent.Release
	for _, r := range records {
		releases = append(releases, r.releases...)
	}
	return releases, err
}

func (x *Index) siteRecords(ctx context.Context, site string) ([]record, error) {
	if err := x.read(ctx); err != nil {
		return nil, err
	}
	return x.allRecords(ctx, is(fieldSite, site))
}

// allRecords reads the records of the units that meet the conditions, in
// order.
func (x *Index) allRecords(ctx context.Context, conditions ...*api.Condition) ([]record, error) {
	var records []record
	err := x.scroll(ctx, all(append(conditions, is(fieldKind, kindUnit))...), nil, func(p payload) error {
		r, err := readRecord(p)
		records = append(records, r)
		return err
	})
	slices.SortFunc(records, func(a, b record) int {
		return cmp.Or(strings.Compare(a.unit.Site, b.unit.Site), strings.Compare(a.unit.Source, b.unit.Source),
			strings.Compare(a.unit.Version, b.unit.Version), strings.Compare(a.unit.Lang, b.unit.Lang))
	})
	return records, err
}

// kept gives docent.CodeNotFound where any of releases is kept no more. Asked
// after something was read, it says that all of it was there to be read.
func (x *Index) kept(ctx context.Context, releases ...docent.Release) error {
	units := make([]docent.Unit, len(releases))
	for i, r := range releases {
		units[i] = r.Unit
	}
	records, err := x.records(ctx, units...)
	if err != nil {
		return err
	}
	for _, r := range releases {
		now := records[r.Unit]
		if _, kept := now.release(r.Number); !kept {
			return noRelease(r)
		}
	}
	return nil
}

// statistics remembers those of the active releases, since decoding takes long.
type statistics struct {
	reading sync.Mutex // one at a time reads and decodes
	mu      sync.Mutex
	of      map[statsKey]*analysis.Stats
}

type statsKey struct {
	unit   docent.Unit
	number int
}

func (s *statistics) get(r docent.Release) *analysis.Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.of[statsKey{r.Unit, r.Number}]
}

func (s *statistics) set(r docent.Release, stats *analysis.Stats) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[statsKey]*analysis.Stats{}
	}
	s.of[statsKey{r.Unit, r.Number}] = stats
}

// forget drops those of site that are of none of the active releases.
func (s *statistics) forget(site string, active []docent.Release) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key := range s.of {
		in := func(r docent.Release) bool { return key == statsKey{r.Unit, r.Number} }
		if key.unit.Site == site && !slices.ContainsFunc(active, in) {
			delete(s.of, key)
		}
	}
}

// Stats gives a release's statistics, shared: they must not be changed. They
// are read once. docent.CodeNotFound where there is no such release.
func (x *Index) Stats(ctx context.Context, r docent.Release) (*analysis.Stats, error) {
	if err := x.read(ctx); err != nil {
		return nil, err
	}
	if stats := x.stats.get(r); stats != nil {
		return stats, nil
	}
	x.stats.reading.Lock()
	defer x.stats.reading.Unlock()
	if stats := x.stats.get(r); stats != nil {
		return stats, nil
	}
	stats, err := x.readStats(ctx, r)
	if err != nil {
		return nil, err
	}
	x.stats.set(r, stats)
	return stats, nil
}

// statsPart is how many bytes of statistics one point carries.
const statsPart = 256 << 10

// statsPoints are the points that carry a release's statistics. They belong to
// that release alone.
func statsPoints(r docent.Release, stats *analysis.Stats) []*api.PointStruct {
	var points []*api.PointStruct
	for part := range slices.Chunk(stats.Encode(), statsPart) {
		p := ofUnit(kindStats, r.Unit)
		p[fieldFrom], p[fieldTo] = number(r.Number), number(r.Number+1)
		p[fieldPart], p[fieldData] = number(len(points)), text(base64.StdEncoding.EncodeToString(part))
		points = append(points, &api.PointStruct{
			Id: pointID(kindStats, r.Unit, r.Number, len(points)), Payload: p, Vectors: noVectors(),
		})
	}
	return points
}

func (x *Index) readStats(ctx context.Context, r docent.Release) (*analysis.Stats, error) {
	parts := map[int]string{}
	filter := all(append(visible(r), is(fieldKind, kindStats))...)
	err := x.scroll(ctx, filter, []string{fieldPart, fieldData}, func(p payload) error {
		parts[integer(p, fieldPart)] = p[fieldData].GetStringValue()
		return nil
	})
	if err == nil {
		err = x.kept(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	var encoded []byte
	for i := range len(parts) {
		part, err := base64.StdEncoding.DecodeString(parts[i])
		if err != nil {
			return nil, damaged("a release's statistics", err)
		}
		encoded = append(encoded, part...)
	}
	stats, err := analysis.DecodeStats(encoded)
	if err != nil {
		return nil, damaged("a release's statistics", err)
	}
	return stats, nil
}
