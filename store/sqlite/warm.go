package sqlite

import "context"

// Warm reads what the first question would wait for: the statistics and the
// vectors of the active releases. A million vectors of 256 dimensions take a
// few seconds.
func (x *Index) Warm(ctx context.Context) error {
	o, err := x.read(ctx)
	if err != nil {
		return err
	}
	if err := o.refresh(ctx); err != nil {
		return o.fail(err)
	}
	for _, r := range o.catalogue.all() {
		if _, err := o.stats(ctx, r); err != nil {
			return o.fail(err)
		}
		if o.dense.dimensions == 0 {
			continue
		}
		unit, err := o.unit(ctx, r.Unit)
		if err != nil {
			return o.fail(err)
		}
		if _, err := o.vectors(ctx, wanted{unit, r}); err != nil {
			return o.fail(err)
		}
	}
	return nil
}
