package push

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"docent"
	"docent/ingest"
)

// job is a committed push that becomes a release.
type job struct {
	unit docent.Unit

	mu     sync.Mutex
	state  docent.PushState
	done   int
	reason string // what is waited for
}

// tell writes how far the job is into p.
func (j *job) tell(p *docent.Push) {
	j.mu.Lock()
	defer j.mu.Unlock()
	p.State, p.Done, p.Reason = j.state, j.done, j.reason
}

func (j *job) set(change func(*job)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change(j)
}

// Plan tells what a push would change, and what its vectors would take.
func (r *Receiver) Plan(ctx context.Context, site, id string) (docent.PushPlan, error) {
	r.mu.Lock()
	s, rec, err := r.find(site, id)
	if err == nil {
		err = r.whole(s, rec)
	}
	r.mu.Unlock()
	if err != nil {
		return docent.PushPlan{}, err
	}
	d, _, err := s.delivery(rec)
	if err != nil {
		return docent.PushPlan{}, err
	}
	target, err := r.open(ctx)
	if err != nil {
		return docent.PushPlan{}, err
	}
	plan, err := ingest.PlanOf(ctx, target.Index, d, target.Options)
	plan.Embedding.Priced = target.Priced || plan.Embedding.Texts == 0
	return plan, errors.Join(err, target.Close())
}

// whole checks that all of a push is there, and that it has not ended.
func (r *Receiver) whole(s stage, rec record) error {
	switch rec.State {
	case docent.PushPublished:
		return docent.Errorf(docent.CodeConflict, "the push was published")
	case docent.PushSuperseded:
		return &docent.Error{Code: docent.CodeConflict, Message: rec.Reason, Hint: "push again"}
	}
	missing, err := s.missing()
	if err == nil && len(missing) > 0 {
		return &docent.Error{Code: docent.CodeConflict, Message: fmt.Sprintf("%d pages of the push are missing", len(missing)), Hint: "upload them"}
	}
	return err
}

// Commit has a push made a release. Of two of the same unit the first wins: the
// other one is docent.CodeConflict. Committing again changes nothing.
func (r *Receiver) Commit(ctx context.Context, site, id string) (docent.Push, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, rec, err := r.find(site, id)
	if err != nil {
		return docent.Push{}, err
	}
	if rec.State == docent.PushPublished || r.jobs[id] != nil {
		return r.shown(s, rec, false)
	}
	if err := r.whole(s, rec); err != nil {
		return docent.Push{}, err
	}
	for other, j := range r.jobs {
		if j.unit == rec.Unit {
			return docent.Push{}, &docent.Error{Code: docent.CodeConflict, Message: "another push of this documentation was committed first: " + other,
				Hint: "wait until it has ended, and push again"}
		}
	}
	if err := r.still(ctx, s, rec); err != nil {
		return docent.Push{}, err
	}
	rec.State, rec.Reason = docent.PushEmbedding, ""
	if err := s.save(rec); err != nil {
		return docent.Push{}, err
	}
	r.start(s, rec)
	return r.shown(s, rec, false)
}

// still checks that the base of a push is its unit's newest release.
func (r *Receiver) still(ctx context.Context, s stage, rec record) error {
	target, err := r.open(ctx)
	if err != nil {
		return err
	}
	newest, err := target.Newest(ctx, rec.Unit)
	if err = errors.Join(err, target.Close()); err != nil || newest == rec.Base {
		return err
	}
	rec.State, rec.Reason = docent.PushSuperseded, fmt.Sprintf("release %d was published since this push began with release %d", newest, rec.Base)
	return errors.Join(&docent.Error{Code: docent.CodeConflict, Message: rec.Reason, Hint: "push again"}, s.save(rec), s.shrink())
}

// start begins the job of a committed push. It is called with mu locked.
func (r *Receiver) start(s stage, rec record) {
	j := &job{unit: rec.Unit, state: docent.PushEmbedding}
	r.jobs[rec.ID] = j
	r.group.Go(func() {
		report, err := r.work(j, s, rec)
		r.end(s, rec, report, err)
	})
}

// work makes the release. While something else builds the unit it waits: then
// the base will be another one, and that is told.
func (r *Receiver) work(j *job, s stage, rec record) (report ingest.Report, err error) {
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-r.ctx.Done():
		return report, r.ctx.Err()
	}
	d, units, err := s.delivery(rec)
	if err != nil {
		return report, err
	}
	d.Written = func() { j.set(func(j *job) { j.state = docent.PushVerifying }) }
	target, err := r.open(r.ctx)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	o := target.Options
	o.Progress = func(done, _ int, _ string) {
		j.set(func(j *job) { j.done, j.reason = done, "" })
	}
	for {
		report, err = ingest.Apply(r.ctx, target.Index, d, o)
		if err == nil && len(units) > 0 {
			report.Retired, err = ingest.Retire(r.ctx, target.Index, rec.Unit, d.Edition, units, rec.CreatedAt)
		}
		if docent.CodeOf(err) != docent.CodeConflict || errors.Is(err, ingest.ErrSuperseded) {
			return report, err
		}
		j.set(func(j *job) { j.reason = "waiting for another ingest of this documentation" })
		select {
		case <-time.After(waitForOther):
		case <-r.ctx.Done():
			return report, r.ctx.Err()
		}
	}
}

// waitForOther is how soon a job looks again whether another build has ended.
const waitForOther = time.Second

// end notes what became of a job. One that was stopped is taken up by the next
// receiver.
func (r *Receiver) end(s stage, rec record, report ingest.Report, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.jobs, rec.ID)
	switch {
	case r.ctx.Err() != nil && errors.Is(err, context.Canceled):
		return
	case errors.Is(err, ingest.ErrSuperseded):
		rec.State, rec.Reason = docent.PushSuperseded, told(err)
	case err != nil:
		rec.State, rec.Reason = docent.PushFailed, told(err)
	default:
		rec.State, rec.Reason, rec.Release, rec.Unchanged = docent.PushPublished, "", &report.Release, !report.Published
		rec.Done, rec.Changes.Pages, rec.Retired = rec.Pages, report.Plan, report.Retired
	}
	r.log.Info("a push has ended", "push", rec.ID, "source", rec.Unit.Source, "state", rec.State, "error", err)
	err = s.save(rec)
	if rec.State != docent.PushFailed {
		err = errors.Join(err, s.shrink())
	}
	if err != nil {
		r.log.Error("what became of a push can't be stored", "push", rec.ID, "error", err)
	}
}

// told is what whoever pushed is told of an error.
func told(err error) string {
	var known *docent.Error
	if errors.As(err, &known) {
		return known.Told()
	}
	return "something went wrong in the server; its log says more"
}
