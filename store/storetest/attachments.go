package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// file is an attachment that is as old as age.
func file(id string, age time.Duration) docent.Attachment {
	return docent.Attachment{
		ID: id, Name: id + ".log", Type: "text/plain", Bytes: 20, Pages: 2, Cut: true,
		CreatedAt: time.Now().Add(-age).UTC().Truncate(time.Microsecond), Text: "the text of " + id,
	}
}

// picture is an attachment without a text.
func picture(id string) docent.Attachment {
	a := file(id, 0)
	a.Type, a.Text, a.Image = "image/png", "", []byte{0, 1, 255}
	return a
}

// about gives attachments without their contents.
func about(list ...docent.Attachment) []docent.Attachment {
	for i := range list {
		list[i].Text, list[i].Image = "", nil
	}
	return list
}

func attach(t *testing.T, s ConversationStore, list ...docent.Attachment) {
	t.Helper()
	for _, a := range list {
		must(t, s.AddAttachment(t.Context(), reader, a, 0))
	}
}

// asking is turn n of a session with attachments.
func asking(session string, n int, ids ...string) docent.Turn {
	asked := turn(session, n)
	asked.Attachments = ids
	return asked
}

func attached(t *testing.T, s ConversationStore, message string) []docent.Attachment {
	t.Helper()
	list, err := s.Attached(t.Context(), reader, message)
	must(t, err)
	return list
}

func attachmentGoesWithSession(t *testing.T, s ConversationStore) {
	ctx, log, shot := t.Context(), file("att_log", 0), picture("att_shot")
	attach(t, s, shot, log)
	begun := begin(t, s, asking("s", 1, log.ID, shot.ID))
	if diff := cmp.Diff(about(log, shot), begun.User.Attachments); diff != "" {
		t.Errorf("of the turn (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]docent.Attachment{log, shot}, attached(t, s, "s-q1")); diff != "" {
		t.Errorf("with contents (-want +got):\n%s", diff)
	}
	must(t, s.FinishTurn(ctx, reader, answered(begun), nil))
	listed, err := s.Messages(ctx, reader, "s", docent.List{})
	must(t, err)
	if diff := cmp.Diff(about(log, shot), listed.Data[0].Attachments); diff != "" || listed.Data[1].Attachments != nil {
		t.Errorf("listed (-want +got):\n%s\nof the answer: %v", diff, listed.Data[1].Attachments)
	}

	again := begin(t, s, docent.Turn{RetryOf: "s-a1", Answer: docent.Message{ID: "again", CreatedAt: moment(3)}})
	if diff := cmp.Diff(about(log, shot), again.User.Attachments); diff != "" {
		t.Errorf("of a retry (-want +got):\n%s", diff)
	}
	must(t, s.FinishTurn(ctx, reader, answered(again), nil))
	second := begin(t, s, asking("s", 4, log.ID))
	must(t, s.FinishTurn(ctx, reader, answered(second), nil))
	must(t, s.DeleteAttachment(ctx, reader, shot.ID))
	if left := attached(t, s, "s-q1"); len(left) != 1 || left[0].ID != log.ID || len(attached(t, s, "s-q4")) != 1 {
		t.Errorf("a deleted one leaves %v", left)
	}
	must(t, s.DeleteSession(ctx, reader, "s"))
	code(t, s.DeleteAttachment(ctx, reader, log.ID), docent.CodeNotFound)
}

func attachmentIsOwners(t *testing.T, s ConversationStore) {
	ctx, mine := t.Context(), file("att_mine", 0)
	attach(t, s, mine)
	for _, o := range []docent.Owner{{Site: reader.Site, Subject: "other"}, {Site: "there", Subject: reader.Subject}} {
		code(t, s.DeleteAttachment(ctx, o, mine.ID), docent.CodeNotFound)
		_, _, err := s.BeginTurn(ctx, o, asking("theirs", 1, mine.ID))
		code(t, err, docent.CodeNotFound)
		_, err = s.Session(ctx, o, "theirs") // nothing of the question is stored
		code(t, err, docent.CodeNotFound)
	}
	_, _, err := s.BeginTurn(ctx, reader, asking("s", 1, mine.ID, "att_unknown"))
	code(t, err, docent.CodeNotFound)
	begin(t, s, asking("s", 1, mine.ID))
	list, err := s.Attached(ctx, docent.Owner{Site: reader.Site, Subject: "other"}, "s-q1")
	if must(t, err); len(list) != 0 {
		t.Errorf("another reads %v", list)
	}
	_, _, err = s.BeginTurn(ctx, reader, asking("second", 1, mine.ID))
	code(t, err, docent.CodeConflict)
}

func unusedAttachmentsEnd(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	used, old := file("att_used", docent.UnusedAttachment-time.Minute), file("att_old", docent.UnusedAttachment+time.Second)
	attach(t, s, used)
	begin(t, s, asking("s", 1, used.ID))
	attach(t, s, old)
	_, _, err := s.BeginTurn(ctx, reader, asking("late", 1, old.ID))
	code(t, err, docent.CodeNotFound)
	must(t, s.AddAttachment(ctx, docent.Owner{Site: "there", Subject: "other"}, file("att_new", 0), 0))
	code(t, s.DeleteAttachment(ctx, reader, old.ID), docent.CodeNotFound)
	if left := attached(t, s, "s-q1"); len(left) != 1 {
		t.Errorf("of a question %v is left", left)
	}
}

func attachmentsAreCounted(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	for n := range 2 {
		must(t, s.AddAttachment(ctx, reader, file(fmt.Sprintf("att_%d", n), 0), 2))
	}
	code(t, s.AddAttachment(ctx, reader, file("att_2", 0), 2), docent.CodeConflict)
	must(t, s.AddAttachment(ctx, docent.Owner{Site: reader.Site, Subject: "other"}, file("att_3", 0), 2))
	must(t, s.DeleteAttachment(ctx, reader, "att_0"))
	must(t, s.AddAttachment(ctx, reader, file("att_4", 0), 2))
}

// announced is an attachment before its file came.
func announced(id string, age time.Duration) docent.Attachment {
	return docent.Attachment{ID: id, Name: id + ".log", CreatedAt: time.Now().Add(-age).UTC().Truncate(time.Microsecond)}
}

func announcedIsFilledOnce(t *testing.T, s ConversationStore) {
	ctx, other := t.Context(), docent.Owner{Site: reader.Site, Subject: "other"}
	empty, full := announced("att_a", 0), file("att_a", 0)
	attach(t, s, empty)
	_, _, err := s.BeginTurn(ctx, reader, asking("s", 1, "att_a"))
	code(t, err, docent.CodeConflict)
	_, err = s.Announced(ctx, other, "att_a")
	code(t, err, docent.CodeNotFound)
	code(t, s.FillAttachment(ctx, other, full), docent.CodeNotFound)
	_, err = s.Announced(ctx, reader, "att_unknown")
	code(t, err, docent.CodeNotFound)
	got, err := s.Announced(ctx, reader, "att_a")
	must(t, err)
	if diff := cmp.Diff(empty, got); diff != "" {
		t.Errorf("announced (-want +got):\n%s", diff)
	}

	must(t, s.FillAttachment(ctx, reader, full))
	code(t, s.FillAttachment(ctx, reader, file("att_a", time.Hour)), docent.CodeConflict)
	_, err = s.Announced(ctx, reader, "att_a")
	code(t, err, docent.CodeConflict)
	got, err = s.Attachment(ctx, reader, "att_a")
	must(t, err)
	if diff := cmp.Diff(full, got); diff != "" {
		t.Errorf("filled (-want +got):\n%s", diff)
	}
	_, err = s.Attachment(ctx, other, "att_a")
	code(t, err, docent.CodeNotFound)
	begin(t, s, asking("s", 1, "att_a"))
	if diff := cmp.Diff([]docent.Attachment{full}, attached(t, s, "s-q1")); diff != "" {
		t.Errorf("of its question (-want +got):\n%s", diff)
	}
}

func announcedEnds(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	attach(t, s, announced("att_old", docent.UnusedAttachment+time.Second))
	_, err := s.Announced(ctx, reader, "att_old")
	code(t, err, docent.CodeNotFound)
	code(t, s.FillAttachment(ctx, reader, file("att_old", 0)), docent.CodeNotFound)
	must(t, s.AddAttachment(ctx, reader, announced("att_1", 0), 1)) // the old one counts no longer
	code(t, s.AddAttachment(ctx, reader, announced("att_2", 0), 1), docent.CodeConflict)
}
