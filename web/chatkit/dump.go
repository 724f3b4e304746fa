package chatkit

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"docent"
	"docent/web"
)

// Dumped is a line of a dump: conversations as ChatKit servers keep them, a JSON object
// a line, which is a thread or an item of one.
type Dumped struct {
	ThreadID      string
	Thread        *docent.Session // nil where the line is an item
	Site, Subject string          // whose it is, as a thread says it; "" is not said
	User          string          // the same as a login of its server has it
	// Items are the line's own or those within the thread, in their order: what becomes
	// of each, mostly one entry.
	Items [][]docent.Entry
	Wrong []error // items within the thread that cannot be read
	More  bool    // it has more items than those within it
	Left  int     // attachments, and annotations without an address: they have no place here
}

// Types of items that are for models alone.
const (
	typeHiddenContext = "hidden_context_item"
	typeHiddenNote    = "sdk_hidden_context"
)

// ReadDump reads a line of a dump. Its error says what is wrong with it, for people.
func ReadDump(line []byte) (Dumped, error) {
	o, err := decode(line)
	if err != nil {
		return Dumped{}, errors.New("it is no JSON object of a thread or an item: " + strings.TrimPrefix(err.Error(), malformed("").Error()))
	}
	if o.has("thread_id") {
		d := Dumped{ThreadID: o.id("thread_id")}
		if err := o.wrongs(); err != nil {
			return d, err
		}
		item, err := d.read(o)
		d.Items = [][]docent.Entry{item}
		return d, err
	}
	return readThread(o)
}

func readThread(o object) (Dumped, error) {
	if o.has("type") {
		return Dumped{}, errors.New("it is an item without a thread_id")
	}
	d := Dumped{ThreadID: o.id("id"), Site: o.optionalText("site"), Subject: o.optionalText("subject")}
	if number, is := o.fields["user"].(json.Number); is {
		d.User = number.String()
	} else {
		d.User = o.optionalText("user")
	}
	d.Thread = &docent.Session{ID: d.ThreadID, Title: o.optionalText("title"), CreatedAt: o.moment("created_at"), Status: docent.StatusActive}
	if o.has("status") {
		status := o.object("status")
		d.Thread.Status = status.oneOf("type", docent.StatusActive, docent.StatusLocked, docent.StatusClosed)
		d.Thread.StatusReason = status.optionalText("reason")
	}
	var items []any
	switch v := o.fields["items"].(type) {
	case nil:
	case []any:
		items = v
	case map[string]any:
		page := o.object("items")
		items, d.More = page.list("data"), page.truth("has_more", false)
	default:
		o.refuse("items", "must be a list, or a page with a list as its data")
	}
	if err := o.wrongs(); err != nil {
		return d, err
	}
	for n, v := range items {
		fields, _ := v.(map[string]any)
		item, err := d.read(object{fields: fields, wrong: new([]docent.FieldError)})
		if err != nil {
			d.Wrong = append(d.Wrong, fmt.Errorf("items[%d]: %w", n, err))
			continue
		}
		d.Items = append(d.Items, item)
	}
	return d, nil
}

// read makes entries of an item.
func (d *Dumped) read(o object) (entries []docent.Entry, err error) {
	if o.fields == nil {
		return nil, errors.New("it is no object")
	}
	if o.has("thread_id") && o.text("thread_id") != d.ThreadID {
		o.refuse("thread_id", "is not the thread's")
	}
	switch kind := o.text("type"); kind {
	case typeUser:
		entries, err = d.readQuestion(o)
	case typeAssistant:
		entries = d.readAnswer(o)
	default:
		entries = d.readItem(o, kind)
	}
	if wrong := o.wrongs(); wrong != nil {
		return nil, wrong
	}
	return entries, err
}

func (d *Dumped) readQuestion(o object) ([]docent.Entry, error) {
	asked := userMessage{Content: contentOf(o), QuotedText: o.optionalText("quoted_text")}
	if o.has("inference_options") {
		options := o.object("inference_options")
		asked.Inference.Model = options.optionalText("model")
		if options.has("tool_choice") {
			asked.Inference.ToolChoice = &toolID{options.object("tool_choice").text("id")}
		}
	}
	if o.has("attachments") {
		d.Left += len(o.list("attachments"))
	}
	m := &docent.Message{ID: o.id("id"), SessionID: d.ThreadID, Role: docent.RoleUser, Text: input{message: asked}.words(), CreatedAt: o.moment("created_at")}
	entries := []docent.Entry{{Message: m}}
	note, err := noteOf(*m, asked)
	if note != nil {
		entries = append(entries, docent.Entry{Item: note})
	}
	return entries, err
}

// betweenParts stands between the parts of an answer, which is one text here.
const betweenParts = "\n\n"

func (d *Dumped) readAnswer(o object) []docent.Entry {
	m := &docent.Message{ID: o.id("id"), SessionID: d.ThreadID, Role: docent.RoleAssistant, FinishReason: docent.FinishStop, CreatedAt: o.moment("created_at")}
	for n, p := range o.objects("content") {
		if n > 0 {
			m.Text += betweenParts
		}
		text := strings.ReplaceAll(p.text("text"), "\x00", "\uFFFD")
		if p.has("annotations") {
			d.cite(m, text, p.objects("annotations"))
		}
		m.Text += text
	}
	number(m.Citations)
	return []docent.Entry{{Message: m}}
}

// number gives the citations without a mark the numbers that no mark has.
func number(citations []docent.Citation) {
	next := 1
	for i := range citations {
		if citations[i].N > 0 {
			continue
		}
		for slices.ContainsFunc(citations, func(c docent.Citation) bool { return c.N == next }) {
			next++
		}
		citations[i].N = next
	}
}

// markBefore is a citation's mark at the end of a text.
var markBefore = regexp.MustCompile(`\[([1-9][0-9]{0,2})\]$`)

// cite makes citations of the annotations of a part that is about to stand at the end
// of an answer. One behind a mark, "[1]", is that mark's; others have no number yet.
func (d *Dumped) cite(m *docent.Message, part string, notes []object) {
	at, within := units(m.Text), utf16.Encode([]rune(part))
	for _, note := range notes {
		source := note.object("source")
		index := len(within)
		if note.has("index") {
			index = int(min(max(note.number("index"), 0), int64(len(within))))
		}
		address, err := url.Parse(source.optionalText("url"))
		if err != nil || address.Scheme != "https" && address.Scheme != "http" {
			d.Left++
			continue
		}
		c := docent.Citation{Title: source.text("title"), URL: source.text("url"), Snippet: source.optionalText("description"), Start: at + index}
		if found := markBefore.FindStringSubmatch(string(utf16.Decode(within[max(0, index-5):index]))); found != nil {
			c.N, _ = strconv.Atoi(found[1]) // three digits
			c.Start -= len(found[0])
		}
		m.Citations = append(m.Citations, c)
	}
}

// readItem keeps an item as it is.
func (d *Dumped) readItem(o object, kind string) []docent.Entry {
	switch kind {
	case typeCall:
		o.text("call_id")
		o.text("name")
		o.object("arguments")
		o.fallback("status", docent.CallPending)
	case typeForm:
		o.list("inputs")
		o.fallback("status", "pending")
	case typeWidget, typeWorkflow, typeTask:
		o.object(kind)
	case typeHiddenContext:
		o.raw("content")
	case typeHiddenNote:
		o.text("content")
	case typeImage, typeEndOfTurn:
	default:
		o.refuse("type", "is %q, which is no type of items", kind)
	}
	i := &docent.Item{ID: o.id("id"), SessionID: d.ThreadID, Type: kind, CreatedAt: o.moment("created_at")}
	if i.Hidden = kind == typeHiddenContext || kind == typeHiddenNote; !i.Hidden {
		dropNulls(o.fields)
	}
	all := object{fields: map[string]any{kind: o.fields}}
	i.Body = withoutHead(all.raw(kind))
	return []docent.Entry{{Item: i}}
}

// free are the fields of items whose values are anybody's: nulls within them say
// something.
var free = []string{"arguments", "output", "data", "payload"}

// dropNulls takes out the fields that are null, which the protocol leaves out.
func dropNulls(fields map[string]any) {
	for key, v := range fields {
		switch v := v.(type) {
		case nil:
			delete(fields, key)
		case map[string]any:
			if !slices.Contains(free, key) {
				dropNulls(v)
			}
		case []any:
			for _, e := range v {
				if within, is := e.(map[string]any); is {
					dropNulls(within)
				}
			}
		}
	}
}

// id is a required identifier.
func (o object) id(key string) string {
	id := o.text(key)
	if id != "" && !web.SaneID(id) || id == "" && o.has(key) {
		o.refuse(key, "must be 1 to 200 letters, digits, \"_\", \"-\" and \".\"")
	}
	return id
}

// fallback gives a field that is absent its value.
func (o object) fallback(key string, value any) {
	if !o.has(key) {
		o.fields[key] = value
	}
}

// wrongs is err without the request.
func (o object) wrongs() error {
	var said []error
	for _, f := range *o.wrong {
		said = append(said, errors.New(f.Field+" "+f.Message))
	}
	if len(said) == 0 {
		return nil
	}
	return errors.New(strings.ReplaceAll(errors.Join(said...).Error(), "\n", "; "))
}

// moment is a required time as ISO 8601 has it; without a zone it is UTC.
func (o object) moment(key string) time.Time {
	text := o.text(key)
	written := strings.Replace(strings.ToUpper(text), " ", "T", 1)
	for _, day := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		for _, zone := range []string{"", "Z07:00", "Z0700", "Z07"} {
			if t, err := time.Parse(day+zone, written); err == nil && t.Year() >= 1970 && t.Year() < 2200 {
				return t.UTC()
			}
		}
	}
	if text != "" {
		o.refuse(key, "is %q: must be a time such as 2026-11-23T00:31:13.162770", text[:min(len(text), 40)])
	} else if o.has(key) {
		o.refuse(key, "must be a time")
	}
	return time.Time{}
}
