package qdrant

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"
	"time"

	api "github.com/qdrant/go-client/qdrant"

	"docent"
)

// record is what a unit's point says. Its two halves change apart: owner and
// beat are the lease of whoever builds, the others the catalogue.
type record struct {
	unit     docent.Unit
	owner    string // nobody, or a token of who builds the next release
	beat     string // a new token each time the owner shows that it lives
	revision string // a new token each time the catalogue changes
	active   int
	releases []docent.Release // the kept ones, by number
	dropped  int              // the highest number that was dropped with the unit; none is given twice
	gone     time.Time        // when it was dropped last; 1970 where it was not
}

// nobody owns a unit that is not being built.
const nobody = "nobody"

// token gives a word that is not given twice.
func token() string { return rand.Text() }

func (r *record) newest() int {
	if n := len(r.releases); n > 0 {
		return r.releases[n-1].Number
	}
	return 0
}

// release gives a kept release.
func (r *record) release(n int) (docent.Release, bool) {
	i := slices.IndexFunc(r.releases, func(k docent.Release) bool { return k.Number == n })
	if i < 0 {
		return docent.Release{}, false
	}
	return r.releases[i], true
}

// keep drops the releases beyond the newest n (at least one), but neither the
// active one nor newer ones, so what stays has no gap. It gives the number of
// the oldest that stays.
func (r *record) keep(n int) int {
	if len(r.releases) == 0 {
		return 0
	}
	first := max(0, len(r.releases)-max(n, 1))
	if at := slices.IndexFunc(r.releases, func(k docent.Release) bool { return k.Number == r.active }); at >= 0 {
		first = min(first, at)
	}
	r.releases = r.releases[first:]
	return r.releases[0].Number
}

// catalogue is the half of the payload that update changes.
func (r *record) catalogue() payload {
	encoded, _ := json.Marshal(r.releases) // it can't fail
	return payload{fieldRevision: text(r.revision), fieldActive: number(r.active), fieldDropped: number(r.dropped), fieldGone: number(int(r.gone.UnixMilli())),
		fieldReleases: text(string(encoded))}
}

func readRecord(p payload) (record, error) {
	r := record{
		unit: unitOf(p), owner: p[fieldOwner].GetStringValue(), beat: p[fieldBeat].GetStringValue(),
		revision: p[fieldRevision].GetStringValue(), active: integer(p, fieldActive),
		dropped: integer(p, fieldDropped), gone: time.UnixMilli(int64(integer(p, fieldGone))),
	}
	if err := json.Unmarshal([]byte(p[fieldReleases].GetStringValue()), &r.releases); err != nil {
		return r, damaged("a unit's list of releases", err)
	}
	for i := range r.releases {
		r.releases[i].Active = r.releases[i].Number == r.active
	}
	return r, nil
}

func recordID(u docent.Unit) *api.PointId { return pointID(kindUnit, u) }

// records reads the points of units, leaving out those that are not there.
func (x *Index) records(ctx context.Context, units ...docent.Unit) (map[docent.Unit]record, error) {
	ids := make([]*api.PointId, len(units))
	for i, u := range units {
		ids[i] = recordID(u)
	}
	points, err := x.client.Get(ctx, &api.GetPoints{CollectionName: x.name, Ids: ids, WithPayload: api.NewWithPayload(true)})
	if err != nil {
		return nil, x.fail(ctx, err)
	}
	found := make(map[docent.Unit]record, len(points))
	for _, p := range points {
		r, err := readRecord(p.GetPayload())
		if err != nil {
			return nil, err
		}
		found[r.unit] = r
	}
	return found, nil
}

// record reads one unit's point; there is false where it has none.
func (x *Index) record(ctx context.Context, u docent.Unit) (r record, there bool, err error) {
	found, err := x.records(ctx, u)
	r, there = found[u]
	return r, there, err
}

// update changes a unit's catalogue in one step. change may be called again
// when another process was faster, and gets what that made of it; its error
// ends the attempt. docent.CodeNotFound where there is no such unit.
//
// A change that was made, and at once followed by another's, looks like one
// that was not: so change must do nothing more where all is as it wants it.
func (x *Index) update(ctx context.Context, u docent.Unit, change func(*record) error) error {
	for range 20 {
		r, there, err := x.record(ctx, u)
		if err != nil {
			return err
		}
		if !there {
			return noUnit(u)
		}
		was, owner := r.revision, r.owner
		if err := change(&r); err != nil {
			return err
		}
		r.revision = token()
		conditions := []*api.Condition{api.NewHasID(recordID(u)), is(fieldRevision, was)}
		if owner != nobody {
			conditions = append(conditions, is(fieldOwner, owner))
		}
		if err := x.write(ctx, set(r.catalogue(), all(conditions...))); err != nil {
			return err
		}
		now, _, err := x.record(ctx, u)
		if err != nil || now.revision == r.revision {
			return err
		}
	}
	return docent.Errorf(docent.CodeConflict, "others keep changing the releases of source %q", u.Source)
}

func noUnit(u docent.Unit) error {
	return docent.Errorf(docent.CodeNotFound, "there is no source %q, version %q, language %q", u.Source, u.Version, u.Lang)
}
