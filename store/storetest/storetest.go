// Package storetest is the contract of stores, as tests: what ingest.Index,
// retrieval.Index, chat.Store, web.Sessions, chatkit.Threads and access.Keys say in
// their comments, every store has to pass here. A store's own tests add only what is
// its own (its files, its server, its ways to fail).
//
//	storetest.Index(t, func(t *testing.T, place string) storetest.IndexStore { ... })
//	storetest.Dense(t, func(t *testing.T, place string) storetest.IndexStore { ... })
//	storetest.Conversations(t, func(t *testing.T, place string) storetest.ConversationStore { ... })
//	storetest.Keys(t, func(t *testing.T, place string) storetest.KeyStore { ... })
//
// A place is an empty folder that names where a store keeps its data: opening
// the same place twice gives two stores on the same data, as two processes have
// them. A store without files makes a name of it.
package storetest

import (
	"context"
	"testing"
	"time"

	"docent"
	"docent/chat"
	"docent/ingest"
	"docent/retrieval"
	"docent/web"
	"docent/web/chatkit"
)

// KeepReleases is how many releases the stores under test keep.
const KeepReleases = 3

// IndexStore is an index with its administration.
type IndexStore interface {
	ingest.Index
	retrieval.Index
	// AllReleases gives every kept release of site, by source, version,
	// language, number.
	AllReleases(ctx context.Context, site string) ([]docent.Release, error)
	// Activate makes a kept release the active one; NotFound where it is not.
	Activate(ctx context.Context, unit docent.Unit, number int) error
	// Retire takes a unit out of what is searched: it has no active release, and
	// Activate brings it back. NotFound where it has none.
	Retire(ctx context.Context, unit docent.Unit) error
	// Drop deletes a unit with all its releases, whose numbers are not given
	// again for at least a day. NotFound where it has none, Conflict while a build of it runs.
	Drop(ctx context.Context, unit docent.Unit) error
	// GC keeps the newest keep releases of every unit of site and its previews,
	// the active one and those newer than it. Retired units it deletes. Site "" is
	// all of them.
	GC(ctx context.Context, site string, keep int) error
	// Pages gives all pages of a release by path; NotFound where it is not kept.
	Pages(ctx context.Context, r docent.Release) ([]docent.Page, error)
	// Indexed gives the chunks of a page of a release as they were put.
	Indexed(ctx context.Context, r docent.Release, path string) ([]docent.IndexedChunk, error)
	// Close may be called twice.
	Close() error
}

// ConversationStore is conversations as chat, web and ChatKit have them.
type ConversationStore interface {
	chat.Store
	web.Sessions
	chatkit.Threads
	// SetStatus says whether a session takes questions, and to its reader why not.
	// Invalid where there is no such status; NotFound where it is not the owner's.
	SetStatus(ctx context.Context, o docent.Owner, id, status, reason string) (docent.Session, error)
	// OwnerOf says whose a session is; NotFound where there is none.
	OwnerOf(ctx context.Context, id string) (docent.Owner, error)
	// EachSession gives fn everyone's sessions, latest change first, or those of a
	// site or a subject; "" is any. With fn's error it ends with that error.
	EachSession(ctx context.Context, site, subject string, fn func(docent.Owner, docent.Session) error) error
	// Gaps gives the questions that a site's documentation did not answer, newest
	// first, at most limit, without those whose answer was replaced.
	Gaps(ctx context.Context, site string, limit int) ([]docent.Gap, error)
	// Trace gives an answer of a site with its trace, as it was packed; ID "" is
	// the latest answer. NotFound where there is none, or none any longer.
	Trace(ctx context.Context, site, messageID string) (docent.Message, []byte, error)
	// Import stores a session from elsewhere with what stands in it, oldest first,
	// under their own IDs and times: all of it, or with an error nothing. What is there
	// already stays as it is. An answer belongs to the question before it. With dry set
	// nothing is stored, and told what would be. Conflict where the session is another
	// owner's.
	Import(ctx context.Context, o docent.Owner, s docent.Session, entries []docent.Entry, dry bool) (docent.Imported, error)
	// AddAttachment stores a file for a question to come; without a Type, one that is
	// announced: no question may name it yet. Conflict where the owner has most of them; 0 is any number. Files that no question named within
	// docent.UnusedAttachment are gone, whoever they were of.
	AddAttachment(ctx context.Context, o docent.Owner, a docent.Attachment, most int) error
	// Announced gives one whose file is yet to come; Conflict where it came.
	Announced(ctx context.Context, o docent.Owner, id string) (docent.Attachment, error)
	// FillAttachment stores the file of an announced one, once: Conflict where it came.
	FillAttachment(ctx context.Context, o docent.Owner, a docent.Attachment) error
	// Attachment gives one with its contents; NotFound where it is not the owner's.
	Attachment(ctx context.Context, o docent.Owner, id string) (docent.Attachment, error)
	// DeleteAttachment deletes one; NotFound where it is not the owner's.
	DeleteAttachment(ctx context.Context, o docent.Owner, id string) error
	// Attached gives the files of a question with their contents, in its order;
	// none where the message is not the owner's.
	Attached(ctx context.Context, o docent.Owner, messageID string) ([]docent.Attachment, error)
	// Close may be called twice.
	Close() error
}

// Index runs the contract of indexes. open opens an index that keeps
// KeepReleases releases, and closes it when the test ends.
func Index(t *testing.T, open func(t *testing.T, place string) IndexStore) {
	rules := []struct {
		name string
		rule func(*testing.T, opener)
	}{
		{"publishing makes a release visible", publishingMakesVisible},
		{"everything of a chunk comes back", everythingComesBack},
		{"closing without publishing undoes", closingUndoes},
		{"a wrong count is not published", wrongCountIsRefused},
		{"a unit has one build at a time", oneBuildAtATime},
		{"the last change to a page counts", lastChangeCounts},
		{"a release holds what it held", releaseHoldsWhatItHeld},
		{"a release lists its pages by path", releaseListsItsPages},
		{"units are independent", unitsAreIndependent},
		{"sites are apart", sitesAreApart},
		{"rolling back and forward", rollingBackAndForward},
		{"old releases are deleted, the active one never", oldReleasesAreDeleted},
		{"gc keeps the active one and newer ones", gcKeepsActive},
		{"gc of a site leaves others alone", gcOfASite},
		{"what is said of a version comes back", editionsComeBack},
		{"a retired unit is not searched, and comes back", retiredUnitComesBack},
		{"gc deletes retired units", gcDeletesRetired},
		{"a dropped unit is gone", droppedUnitIsGone},
		{"a unit that is built is not dropped", builtUnitIsNotDropped},
		{"another process's release is noticed", othersReleaseIsNoticed},
		{"statistics are exact after many ingests", statisticsAreExact},
		{"a reader sees one release", readerSeesOneRelease},
		{"a body is what was proposed, or gone", bodyIsWhatWasProposed},
		{"candidates match, rank and stop at the limit", candidatesRank},
		{"candidates respect the path prefix", candidatesRespectPrefix},
		{"candidates take any term", candidatesTakeAnyTerm},
		{"candidates hold with common terms", candidatesHoldWithCommonTerms},
		{"an ended context stops everything", endedContextStops},
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) { r.rule(t, opener{t.TempDir(), open}) })
	}
}

// Dimensions is how long the vectors are of the indexes that Dense tests.
const Dimensions = 32

// Dense runs the contract of indexes with vectors. open opens an index as for
// Index, but one whose stamp has Dimensions.
func Dense(t *testing.T, open func(t *testing.T, place string) IndexStore) {
	rules := []struct {
		name string
		rule func(*testing.T, opener)
	}{
		{"the nearest of random vectors are found", nearestOfRandom},
		{"the nearest of clustered vectors are found", nearestOfClustered},
		{"a vector finds the chunks of a release", vectorFindsRelease},
		{"a vector finds the chunks of several units", vectorFindsUnits},
		{"a vector respects the path prefix", vectorRespectsPrefix},
		{"both lists come as one", listsComeAsOne},
		{"a vector that does not fit is refused", vectorMustFit},
		{"a chunk without a vector is found by its words", vectorMayBeMissing},
		{"a reader sees the vectors of one release", readerSeesVectorsOfOneRelease},
		{"an ended context stops a search by vector", endedContextStopsDense},
		{"what was put can be read again", indexedAsPut},
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) { r.rule(t, opener{t.TempDir(), open}) })
	}
}

// opener opens the index of one rule, as often as wanted.
type opener struct {
	place string
	open  func(t *testing.T, place string) IndexStore
}

func (o opener) index(t *testing.T) IndexStore { return o.open(t, o.place) }

// Conversations runs the contract of conversations. open closes the store when
// the test ends.
func Conversations(t *testing.T, open func(t *testing.T, place string) ConversationStore) {
	rules := []struct {
		name string
		rule func(*testing.T, ConversationStore)
	}{
		{"a turn comes back as it was", turnComesBack},
		{"a session has one answer in the making", oneAnswerAtATime},
		{"an answer ends once", answerEndsOnce},
		{"history is the latest, oldest first", historyIsLatest},
		{"a retry takes the answer's place", retryTakesPlace},
		{"a retry needs a finished answer", retryNeedsAnswer},
		{"a retry that gives nothing hides nothing", retryThatFails},
		{"a key joins for ten minutes", keyJoins},
		{"the key of an answer that failed is its retry's", failedKeyRetries},
		{"questions are counted by the hour", questionsAreCounted},
		{"joining an answer is not counted", joiningIsNotCounted},
		{"questions at once are counted exactly", questionsAtOnceAreCountedExactly},
		{"answers in the making are bounded", answersInTheMakingAreBounded},
		{"a full session takes no more", fullSessionTakesNoMore},
		{"what is another's is not found", othersAreNotFound},
		{"sessions are listed by change", sessionsAreListed},
		{"messages are listed in order", messagesAreListed},
		{"a list refuses what does not fit", listRefuses},
		{"a session can be renamed", sessionIsRenamed},
		{"deleting a session deletes everything of it", deletingDeletesAll},
		{"feedback replaces feedback", feedbackReplaces},
		{"gaps are a site's, and go with their sessions", gapsAreListed},
		{"a title is improved until a reader chose one", titleIsImproved},
		{"what was spent after an answer counts with it", usageAddsUp},
		{"events come back byte for byte", eventsComeBack},
		{"a trace is kept beside its answer, to its end", traceIsKept},
		{"an answer is cached for all of a site, to its end", answerIsCached},
		{"an answer that was not good enough is cached no longer", badAnswerIsNotCached},
		{"what is cached has a bound", cachedIsBounded},
		{"an attachment goes with its session", attachmentGoesWithSession},
		{"an attachment is its owner's, and of one session", attachmentIsOwners},
		{"unused attachments end after a day", unusedAttachmentsEnd},
		{"attachments of an owner are counted", attachmentsAreCounted},
		{"an announced attachment is filled once", announcedIsFilledOnce},
		{"an announced attachment ends unless it is used", announcedEnds},
		{"threads are listed by creation", threadsAreListed},
		{"items stand among messages", itemsStandAmongMessages},
		{"an item takes the place of the one with its ID", itemTakesPlace},
		{"items are a session's, and their owner's", itemsAreOwners},
		{"a list of entries refuses what does not fit", entriesRefuse},
		{"rewinding deletes what stands behind a question", rewindingDeletes},
		{"a refused rewinding deletes nothing", refusedRewindDeletesNothing},
		{"a continued answer stays, and the next stands behind it", continuedAnswerStays},
		{"what a call gave comes back", callComesBack},
		{"a call that has an output forgets those before it", laterCallForgetsEarlier},
		{"only the last answer is continued, as it ended", continuingNeedsLastAnswer},
		{"a retry replaces all of its turn", retryReplacesTurn},
		{"a locked or closed session takes no turn", lockedTakesNoTurn},
		{"whoever runs the server sees all sessions", allSessionsAreSeen},
		{"an imported session comes back as it was", importComesBack},
		{"importing again changes nothing", importingAgain},
		{"an imported session goes on", importGoesOn},
		{"what is taken elsewhere is not imported", takenIsNotImported},
		{"many write at once", manyWriteAtOnce},
		{"an ended context stores nothing", endedContextStoresNothing},
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) { r.rule(t, open(t, t.TempDir())) })
	}
	t.Run("everything outlives a restart", func(t *testing.T) {
		place := t.TempDir()
		outlivesRestart(t, func() ConversationStore { return open(t, place) })
	})
}

// code fails the test unless err has the given code.
func code(t *testing.T, err error, want docent.Code) {
	t.Helper()
	if got := docent.CodeOf(err); got != want {
		t.Errorf("error code %q, want %q (%v)", got, want, err)
	}
}

// must ends the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v (code %s)", err, docent.CodeOf(err))
	}
}

// moment is a fixed time, n minutes after the first.
func moment(n int) time.Time {
	return time.Date(2024, 5, 1, 12, 0, 0, int(123*time.Millisecond), time.UTC).Add(time.Duration(n) * time.Minute)
}
