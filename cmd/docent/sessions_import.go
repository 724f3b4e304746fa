package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"docent"
	"docent/server"
	"docent/web/chatkit"
)

func newSessionsImport() *cobra.Command {
	c := &cobra.Command{
		Use:   "import FILE...",
		Short: "Bring conversations in that a ChatKit server kept",
		Long: `Reads JSON lines, as a ChatKit server in Python dumps its threads and items: each
line is a thread, with its items in it or not, or an item with a thread_id. IDs,
times, titles and states are kept. A thread says whose it is by "subject" or "user",
and by "site"; the flags say it for those that do not. "-" is standard input.

Each thread is stored as a whole or not at all. Importing again adds what is new and
changes nothing else. Lines that can't be read are named and left out (exit code 3).`,
		Example: `  docent sessions import dump.jsonl --dry-run --subject local
  docent sessions import threads.jsonl items.jsonl --issuer company`,
		Args: args(cobra.MinimumNArgs(1)),
	}
	f := &importFlags{}
	c.Flags().StringVar(&f.subject, "subject", "", "whose the threads are that say nothing of it: local, ISSUER:USER")
	c.Flags().StringVar(&f.issuer, "issuer", "", "the login that \"user\" is of, an auth.issuers name: \"user\" 42 becomes its subject ISSUER:42")
	c.Flags().StringVar(&f.site, "site", docent.DefaultSite, "site of the threads that name none")
	c.Flags().BoolVar(&f.dry, "dry-run", false, "change nothing, and tell what would change")
	c.Flags().BoolVar(&f.asJSON, "json", false, "print the report as JSON")
	c.RunE = func(c *cobra.Command, files []string) error {
		s, _, err := prepare(c)
		if err != nil {
			return err
		}
		f.sites = s.SiteNames()
		if !slices.Contains(f.sites, f.site) {
			return usageErrorf("--site is %q: must be one of %s", f.site, strings.Join(f.sites, ", "))
		}
		d := &dump{threads: map[string]*dumpThread{}}
		defer d.close()
		for _, name := range files {
			if err := openDump(c, d, name); err != nil {
				return err
			}
		}
		store, err := server.OpenSessions(s.Config)
		if err != nil {
			return err
		}
		defer store.Close()
		return f.run(c, store, d)
	}
	return c
}

type importFlags struct {
	subject, issuer, site string
	dry, asJSON           bool
	sites                 []string // that are configured
}

// importReport is what an import did, as --json prints it.
type importReport struct {
	DryRun    bool        `json:"dry_run"`
	Threads   int         `json:"threads"` // that were read
	New       int         `json:"new_threads"`
	Items     int         `json:"items"` // that were read
	Added     int         `json:"new_items"`
	Left      int         `json:"left_out"` // attachments, and annotations without an address
	Unchanged bool        `json:"unchanged"`
	Errors    []dumpError `json:"errors"` // never nil
}

// openDump reads a file, or standard input, which is put into one that nobody else sees.
func openDump(c *cobra.Command, d *dump, name string) error {
	var file *os.File
	var err error
	if name == "-" {
		if file, err = os.CreateTemp("", "docent-"); err == nil {
			defer os.Remove(file.Name()) // where open files can't be removed, it is the system's to clean up
			if _, err = io.Copy(file, c.InOrStdin()); err == nil {
				_, err = file.Seek(0, io.SeekStart)
			}
		}
	} else {
		file, err = os.Open(name)
	}
	if err != nil {
		return usageErrorf("the dump can't be read: %w", err)
	}
	if err := d.add(name, file); err != nil {
		return fmt.Errorf("the dump can't be read: %w", err)
	}
	return c.Context().Err()
}

func (f *importFlags) run(c *cobra.Command, store server.Sessions, d *dump) error {
	report := importReport{DryRun: f.dry}
	for _, id := range d.order {
		if err := f.thread(c.Context(), store, d, id, &report); err != nil {
			return err
		}
	}
	report.Errors = append([]dumpError{}, d.wrong...)
	slices.SortStableFunc(report.Errors, func(a, b dumpError) int {
		return cmp.Or(cmp.Compare(a.at.file, b.at.file), cmp.Compare(a.at.number, b.at.number))
	})
	report.Unchanged = report.New == 0 && report.Added == 0
	if f.asJSON {
		if err := printJSON(c, report); err != nil {
			return err
		}
	}
	f.tell(c.ErrOrStderr(), report)
	switch n := len(report.Errors); {
	case n > 0 && report.Threads == 0:
		return errors.New("there is nothing in it that can be read")
	case n > 0:
		return &exitError{exitPartly, fmt.Errorf("%s left out; the rest is in", plural(n, "line or item was", "lines or items were"))}
	}
	return nil
}

// mostTold is how many lines are named that could not be brought in.
const mostTold = 100

func (f *importFlags) tell(out io.Writer, r importReport) {
	for i, e := range r.Errors {
		if i == mostTold {
			fmt.Fprintf(out, "docent: %d more: --json names them all\n", len(r.Errors)-i)
			break
		}
		fmt.Fprintf(out, "docent: %s:%d: %s\n", e.File, e.Line, e.Error)
	}
	if r.Left > 0 {
		fmt.Fprintf(out, "docent: %s left out: Docent keeps no files, and cites pages\n",
			plural(r.Left, "attachment or annotation without a web address was", "attachments and annotations without a web address were"))
	}
	all := plural(r.Threads, "thread", "threads") + " with " + plural(r.Items, "item", "items")
	added := plural(r.New, "thread", "threads") + " and " + plural(r.Added, "item", "items")
	switch {
	case r.Unchanged:
		fmt.Fprintf(out, "docent: nothing changed: %s read, none of it new\n", all)
	case r.DryRun:
		fmt.Fprintf(out, "docent: %s read; %s would be added\n", all, added)
	default:
		fmt.Fprintf(out, "docent: %s read; %s added\n", all, added)
	}
}

// dumpItem is what became of an item, and where it stands.
type dumpItem struct {
	at      lineRef
	entries []docent.Entry
}

// thread brings one thread in. Its error ends the import; what is wrong with the thread
// is noted.
func (f *importFlags) thread(ctx context.Context, store server.Sessions, d *dump, id string, report *importReport) error {
	o, session, items, err := f.gather(ctx, store, d, id, report)
	if err != nil || session == nil {
		return err
	}
	if len(items) > 1 && made(items[0]) > made(items[len(items)-1]) {
		slices.Reverse(items) // it was dumped newest first
	}
	var entries []docent.Entry
	var of []int // the item that each entry is of; -1 of what stands beside one
	for i, item := range items {
		for n := range item.entries {
			of = append(of, i)
			if n > 0 {
				of[len(of)-1] = -1
			}
		}
		entries = append(entries, item.entries...)
	}
	done, err := store.Import(ctx, o, *session, entries, f.dry)
	if docent.CodeOf(err) == docent.CodeConflict {
		d.refuse(d.threads[id].first(), fmt.Errorf("the ID %s is that of another subject's conversation", id))
		return nil
	}
	if err != nil {
		return err
	}
	report.Threads++
	report.Items += len(items)
	if done.New {
		report.New++
	}
	for _, n := range done.Added {
		if of[n] >= 0 {
			report.Added++
		}
	}
	for _, n := range done.Taken {
		if of[n] >= 0 {
			d.refuse(items[of[n]].at, fmt.Errorf("the ID %s is that of something in another conversation", entryID(entries[n])))
		}
	}
	return nil
}

func (t *dumpThread) first() lineRef {
	if t.thread.size > 0 {
		return t.thread
	}
	return t.items[0]
}

// gather reads a thread with its items; session is nil where it can't be brought in.
func (f *importFlags) gather(ctx context.Context, store server.Sessions, d *dump, id string, report *importReport) (o docent.Owner, session *docent.Session, items []dumpItem, err error) {
	at := d.threads[id]
	if at.thread.size == 0 {
		if o, err = store.OwnerOf(ctx, id); err != nil {
			if docent.CodeOf(err) != docent.CodeNotFound {
				return o, nil, nil, err
			}
			for _, item := range at.items {
				d.refuse(item, fmt.Errorf("there is no thread %s, neither in the files nor here", id))
			}
			return o, nil, nil, nil
		}
		session = &docent.Session{ID: id}
	} else {
		line, wrong := d.read(at.thread)
		if wrong == nil {
			o, wrong = f.ownerOf(line)
		}
		if wrong != nil {
			d.refuse(at.thread, wrong)
			for _, item := range at.items {
				d.refuse(item, fmt.Errorf("its thread %s could not be brought in", id))
			}
			return o, nil, nil, nil
		}
		if line.More && len(at.items) == 0 {
			d.refuse(at.thread, errors.New("it has more items than those in its line, which are in no line of their own"))
		}
		session = line.Thread
		items = f.take(d, items, at.thread, line, report)
	}
	for _, ref := range at.items {
		line, wrong := d.read(ref)
		if wrong != nil {
			d.refuse(ref, wrong)
			continue
		}
		items = f.take(d, items, ref, line, report)
	}
	return o, session, items, nil
}

// take adds the items of a line.
func (f *importFlags) take(d *dump, items []dumpItem, at lineRef, line chatkit.Dumped, report *importReport) []dumpItem {
	report.Left += line.Left
	for _, wrong := range line.Wrong {
		d.refuse(at, wrong)
	}
	for _, entries := range line.Items {
		items = append(items, dumpItem{at, entries})
	}
	return items
}

// maxSubject is how long a subject may be, in bytes.
const maxSubject = 300

// ownerOf says whose a thread is.
func (f *importFlags) ownerOf(line chatkit.Dumped) (docent.Owner, error) {
	o := docent.Owner{Site: line.Site, Subject: line.Subject}
	if o.Site == "" {
		o.Site = f.site
	}
	switch {
	case o.Subject != "":
	case line.User != "" && f.issuer != "":
		o.Subject = f.issuer + ":" + line.User
	case line.User != "":
		o.Subject = line.User
	default:
		o.Subject = f.subject
	}
	switch {
	case !slices.Contains(f.sites, o.Site):
		return o, fmt.Errorf("its site %q is not configured: it must be one of %s", o.Site, strings.Join(f.sites, ", "))
	case o.Subject == "":
		return o, errors.New("it does not say whose it is: give --subject")
	case len(o.Subject) > maxSubject || strings.ContainsFunc(o.Subject, unicode.IsControl):
		return o, fmt.Errorf("whose it is must be said in at most %d bytes without control characters", maxSubject)
	}
	return o, nil
}

func entryID(e docent.Entry) string {
	if e.Item != nil {
		return e.Item.ID
	}
	return e.Message.ID
}

// made is when an item was made.
func made(i dumpItem) int64 {
	if e := i.entries[0]; e.Item != nil {
		return e.Item.CreatedAt.UnixNano()
	}
	return i.entries[0].Message.CreatedAt.UnixNano()
}
