package request

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"docent"
)

// maxHTML is how much of an HTML page is read for its text, in bytes.
const maxHTML = 1 << 20

// readAnswer gives an answer's body as text of at most so many bytes, by its type.
func readAnswer(answer *http.Response, most int) (string, error) {
	kind, _, err := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	switch {
	case answer.StatusCode == http.StatusNoContent, answer.Request.Method == http.MethodHead:
		return "", nil
	case kind == "application/json", strings.HasSuffix(kind, "+json"):
		return readJSON(answer.Body, most)
	case kind == "text/html", kind == "application/xhtml+xml":
		return readHTML(answer.Body, most)
	case kind == "text/plain", kind == "text/markdown", kind == "text/csv", kind == "application/yaml", kind == "text/xml", kind == "application/xml":
		body, more, err := readMost(answer.Body, most)
		return cut(body, most, more), err
	}
	if body, _, err := readMost(answer.Body, 1); err == nil && len(body) == 0 {
		return "", nil
	}
	return "", docent.Errorf(docent.CodeInvalid, "the server answered with a type that can't be read: neither JSON nor text")
}

// readMost reads up to most bytes; more says that there were others.
func readMost(body io.Reader, most int) (text string, more bool, err error) {
	all, err := io.ReadAll(io.LimitReader(body, int64(most)+1))
	if len(all) > most {
		return string(all[:most]), true, err
	}
	return string(all), false, err
}

// readJSON gives JSON as it is; what is too long is cut, and said to be.
func readJSON(body io.Reader, most int) (string, error) {
	text, more, err := readMost(body, most)
	if err != nil {
		return "", err
	}
	if !more && !json.Valid([]byte(text)) {
		return "", docent.Errorf(docent.CodeInvalid, "the server answered with JSON that is none")
	}
	return cut(text, most, more), nil
}

const cutMark = "\n[cut here: the answer is longer]"

// cut gives text as UTF-8 of at most so many bytes.
func cut(text string, most int, more bool) string {
	text = strings.ToValidUTF8(text, "\ufffd")
	if !more && len(text) <= most {
		return text
	}
	end := min(len(text), max(most-len(cutMark), 0))
	for end > 0 && end < len(text) && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + cutMark
}

// mute are elements of which no reader sees the text, block those that stand on
// lines of their own.
var (
	mute  = words("script style template noscript svg head iframe object")
	block = words("address article aside blockquote br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tr ul")
)

func words(list string) map[string]bool {
	all := map[string]bool{}
	for _, word := range strings.Fields(list) {
		all[word] = true
	}
	return all
}

// readHTML gives the text that a page shows, a line for each block.
func readHTML(body io.Reader, most int) (string, error) {
	z := html.NewTokenizer(io.LimitReader(body, maxHTML))
	z.SetMaxBuf(maxHTML)
	var b strings.Builder
	silent := ""
	for b.Len() <= 4*most { // blanks between words go later
		kind := z.Next()
		if kind == html.ErrorToken {
			if err := z.Err(); err != io.EOF {
				return "", err
			}
			break
		}
		raw, _ := z.TagName()
		name := string(raw)
		switch {
		case silent != "":
			if kind == html.EndTagToken && name == silent {
				silent = ""
			}
		case kind == html.StartTagToken && mute[name]:
			silent = name
		case kind == html.TextToken:
			b.WriteString(strings.ReplaceAll(z.Token().Data, "\n", " "))
		case name == "td" || name == "th":
			b.WriteString(" ")
		case block[name]:
			b.WriteString("\n")
		}
	}
	return cut(lines(b.String()), most, false), nil
}

// lines are those that hold something, with one blank between words.
func lines(text string) string {
	var all []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			all = append(all, line)
		}
	}
	return strings.Join(all, "\n")
}
