package chat

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"docent"
	"docent/analysis"
)

// Attachments reads the files that a question refers to. It buys answers without
// any.
type Attachments interface {
	// Attached gives the files of a question with their contents, in its order.
	Attached(ctx context.Context, o docent.Owner, messageID string) ([]docent.Attachment, error)
}

// WithAttachments lets questions refer to files. A model is given their texts as
// data that it may use without citing it, and pictures as they are; of a text, what
// tells an error is searched for beside the question.
func WithAttachments(files Attachments) Option { return func(s *Service) { s.attachments = files } }

// readAttachments reads the question's files, if it has any.
func (s *Service) readAttachments(a *answering) (err error) {
	if s.attachments == nil || len(a.turn.User.Attachments) == 0 {
		return nil
	}
	a.files, err = s.attachments.Attached(a.ctx, a.who.Owner(), a.turn.User.ID)
	return err
}

// readFormerFiles reads those of the last question before that had any: who goes on
// with a conversation may go on about them.
func (s *Service) readFormerFiles(a *answering) error {
	if s.attachments == nil || a.turn.NewSession || len(a.files) > 0 {
		return nil
	}
	said, err := s.store.History(a.ctx, a.who.Owner(), a.turn.Session.ID, a.turn.User.ID, historyMessages)
	if err != nil {
		return err
	}
	for _, m := range slices.Backward(said) {
		if len(m.Attachments) > 0 {
			a.former, err = s.attachments.Attached(a.ctx, a.who.Owner(), m.ID)
			return err
		}
	}
	return nil
}

// sameFiles reports whether a question named these files: a list may name one twice.
func sameFiles(stored []docent.Attachment, ids []string) bool {
	return len(stored) == len(ids) && !slices.ContainsFunc(stored, func(f docent.Attachment) bool { return !slices.Contains(ids, f.ID) })
}

// filesShare is the part of the context that the texts of files may take.
const filesShare = 3

// imageTokens is about what a picture costs.
const imageTokens = 1000

// furtherData is what a model may use beside the passages: the responder's data,
// and the reader's files, each with its share of the context.
func (s *Service) furtherData(a *answering) string {
	var parts []string
	if a.context != "" {
		parts = append(parts, cutTokens(a.context, s.cfg.ContextTokens/contextShare))
	}
	room := s.cfg.ContextTokens / filesShare
	files, when := slices.Concat(a.files, a.former), ""
	for i, f := range files {
		if i >= len(a.files) {
			when = " to an earlier message"
		}
		share := room / (len(files) - i) // what a short file leaves is for the next
		if f.Image != nil {
			parts = append(parts, "The reader attached the picture "+value(f.Name).String()+when+".")
			room -= imageTokens
			continue
		}
		text := f.Text
		if has := analysis.Tokens(text); has > share {
			text = analysis.Shorten(text, len(text)*max(share, 0)/has)
		}
		room -= analysis.Tokens(text)
		parts = append(parts, "The reader attached the file "+value(f.Name).String()+when+". Its text:\n"+text)
	}
	return strings.Join(parts, "\n\n")
}

// hasData reports whether there is something to answer from beside passages.
func (a *answering) hasData() bool { return a.context != "" || len(a.files) > 0 || a.learned() }

// images are the pictures that the question refers to, for a model that sees.
func (a *answering) images() []docent.ModelImage {
	var images []docent.ModelImage
	for _, f := range slices.Concat(a.files, a.former) {
		if f.Image != nil {
			images = append(images, docent.ModelImage{Type: f.Type, Data: f.Image})
		}
	}
	return images
}

// seeing keeps a judge from what cites nothing where the model saw pictures: it
// may tell what is on them, which no judge sees.
func (a *answering) seeing(judge Judge) Judge {
	if len(a.images()) == 0 {
		return judge
	}
	return func(sentence string, cited []int) Verdict {
		if len(cited) == 0 {
			return Verdict{}
		}
		return judge(sentence, cited)
	}
}

// search retrieves for a query, together with what the reader did since and what the
// files tell; without that
// where the documentation does not seem to hold both.
func (s *Service) search(a *answering, q docent.Query) (docent.Found, error) {
	told := strings.TrimSpace(firstBytes(a.note(), maxTold) + "\n" + telling(a.files))
	if told == "" {
		return s.found(a, q)
	}
	with := q
	with.Text += "\n" + told
	found, err := s.found(a, with)
	if err != nil || !found.Refuse {
		return found, err
	}
	return s.found(a, q)
}

const (
	maxTold      = 400 // bytes of files that join a question
	maxToldLines = 3   // of each file that is longer
)

var (
	troubled = regexp.MustCompile(`(?i)\b(?:error|errors|fatal|fail(?:s|ed|ure)?|panic|exception|denied|refused|invalid|cannot|can't|could not|unable|critical|fehler|erreur)\b`)
	// dated is what changes from line to line of a log: times, numbers, addresses.
	dated = regexp.MustCompile(`\S*\d{2}:\d{2}\S*|\b\d{4}-\d{2}-\d{2}\b|\b(?:0x)?[0-9a-fA-F]{8,}\b|\b\d+\b`)
)

// telling gives what files say that can be searched for: a short text, or of a
// longer one the last lines that tell an error.
func telling(files []docent.Attachment) string {
	var told []string
	room := maxTold
	for _, f := range files {
		text := strings.TrimSpace(f.Text)
		if len(text) > maxTold {
			text = strings.Join(lastTroubled(text), "\n")
		}
		text = strings.Join(strings.Fields(dated.ReplaceAllString(text, " ")), " ")
		if text == "" || len(text) > room {
			continue
		}
		room -= len(text)
		told = append(told, text)
	}
	return strings.Join(told, "\n")
}

// lastTroubled gives the last lines that tell an error, each once.
func lastTroubled(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(dated.ReplaceAllString(line, " "))
		if len(line) > maxTold/2 || !troubled.MatchString(line) || slices.Contains(lines, line) {
			continue
		}
		lines = append(lines, line)
		for len(lines) > maxToldLines || len(strings.Join(lines, "\n")) > maxTold {
			lines = lines[1:]
		}
	}
	return lines
}
