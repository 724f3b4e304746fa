package qdrant

import (
	"context"
	"regexp"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"docent"
)

// Indexes gives the indexes under the prefix that have a release, this one among
// them: first that which the alias leads to, since it was published to last,
// then the others by name. Other tools' collections and those of another layout
// are left out, as are those that the key may not see.
func (x *Index) Indexes(ctx context.Context) ([]docent.IndexInfo, error) {
	if x.closed.Load() {
		return nil, errClosed()
	}
	names, err := x.names(ctx)
	if err != nil {
		return nil, err
	}
	var list []docent.IndexInfo
	for _, name := range names {
		found, err := x.describe(ctx, name)
		if err != nil {
			return nil, err
		}
		if found != nil && len(found.Units) > 0 {
			list = append(list, *found)
		}
	}
	return list, nil
}

// names lists the collections whose names are as we make them, first the
// alias's.
func (x *Index) names(ctx context.Context) ([]string, error) {
	names := []string{x.name} // all that a key for single collections may see
	all, err := x.client.ListCollections(ctx)
	if err == nil {
		form := regexp.MustCompile("^" + regexp.QuoteMeta(x.prefix) + "-[0-9a-f]{8}$")
		names = slices.DeleteFunc(all, func(name string) bool { return !form.MatchString(name) })
		slices.Sort(names)
	} else if status.Code(err) != codes.PermissionDenied {
		return nil, x.fail(ctx, err)
	}
	aliased, err := x.info(ctx, x.prefix)
	if err != nil && status.Code(err) != codes.PermissionDenied {
		return nil, err
	}
	if d := deedOf(aliased); d != nil && d.Layout == layout {
		last := collectionName(x.prefix, d.Stamp)
		names = slices.Insert(slices.DeleteFunc(names, func(name string) bool { return name == last }), 0, last)
	}
	return names, nil
}

// describe reads what a collection has; nil where it is not one of ours, or
// gone.
func (x *Index) describe(ctx context.Context, name string) (*docent.IndexInfo, error) {
	info, err := x.info(ctx, name)
	d := deedOf(info)
	if status.Code(err) == codes.PermissionDenied {
		return nil, nil
	}
	if err != nil || d == nil || d.Layout != layout {
		return nil, err
	}
	if _, made := info.GetPayloadSchema()[fieldKind]; !made {
		return nil, nil // its first build is just beginning, and strict servers would refuse to look into it
	}
	y := &Index{client: x.client, address: x.address, prefix: x.prefix, name: name, stamp: d.Stamp, options: x.options}
	records, err := y.allRecords(ctx)
	if docent.CodeOf(err) == docent.CodeNoIndex {
		return nil, nil
	}
	found := &docent.IndexInfo{Name: name, Stamp: d.Stamp}
	for _, r := range records {
		if r.active > 0 {
			found.Units = append(found.Units, r.unit)
		}
	}
	return found, err
}

// Warm reads what the first question would wait for: the statistics of the
// active releases.
func (x *Index) Warm(ctx context.Context) error {
	if err := x.read(ctx); err != nil {
		return err
	}
	records, err := x.allRecords(ctx)
	if err != nil {
		return err
	}
	for _, r := range records {
		active, there := r.release(r.active)
		if !there {
			continue
		}
		if _, err := x.Stats(ctx, active); err != nil {
			return err
		}
	}
	return nil
}
