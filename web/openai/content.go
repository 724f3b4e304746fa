package openai

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"mime"
	"strings"
)

// file is one that a message brings with it.
type file struct {
	name    string
	content []byte
	field   string // where it stands in the request
}

// part is one of a message's content. Both APIs' kinds are known in either.
type part struct {
	Type     string          `json:"type"`
	Text     string          `json:"text"`
	Refusal  string          `json:"refusal"`
	ImageURL json.RawMessage `json:"image_url"` // an object with its url, or that alone
	FileID   string          `json:"file_id"`
	File     *fileData       `json:"file"` // of Chat Completions
	fileData                 // of Responses
}

// fileData is a file within a request.
type fileData struct {
	Filename string `json:"filename"`
	FileData string `json:"file_data"` // a data: address
}

// content reads what a message says, at a field of the request: a text, parts, or
// null, which says nothing.
func content(raw json.RawMessage, field string) (text string, files []file, err error) {
	if raw == nil || compact(raw) == "null" || json.Unmarshal(raw, &text) == nil {
		return text, nil, nil
	}
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		return "", nil, wrong(field, "must be a string or a list of parts")
	}
	var said []string
	for i, raw := range parts {
		at := fmt.Sprintf("%s[%d]", field, i)
		var p part
		if json.Unmarshal(raw, &p) != nil {
			return "", nil, wrong(at, "is not a part of a message")
		}
		switch p.Type {
		case "text", "input_text", "output_text":
			said = append(said, p.Text)
		case "refusal":
			said = append(said, p.Refusal)
		case "image_url", "input_image", "file", "input_file":
			f, err := p.file(at)
			if err != nil {
				return "", nil, err
			}
			files = append(files, f)
		default:
			return "", nil, wrong(at+".type", "is '"+clip(p.Type)+"': text, pictures and files are taken")
		}
	}
	return strings.Join(said, "\n"), files, nil
}

// file reads a picture or a file: its content stands in the request, nothing is
// fetched.
func (p part) file(field string) (file, error) {
	if p.FileID != "" {
		return file{}, wrong(field+".file_id", "is not supported: send the file itself, as a data: address")
	}
	name, address := p.Filename, p.FileData
	if p.File != nil {
		name, address = p.File.Filename, p.File.FileData
	}
	if p.ImageURL != nil {
		field += ".image_url"
		var object struct {
			URL string `json:"url"`
		}
		if json.Unmarshal(p.ImageURL, &address) != nil && json.Unmarshal(p.ImageURL, &object) == nil {
			address = object.URL
		}
	}
	kind, content, ok := readData(address)
	if !ok {
		return file{}, wrong(field, "must be a data: address in base64 (data:image/png;base64,...): Docent fetches nothing")
	}
	if name == "" {
		name = "file"
		if endings, _ := mime.ExtensionsByType(kind); len(endings) > 0 {
			name += endings[0]
		}
	}
	return file{name, content, field}, nil
}

// readData reads a data: address.
func readData(address string) (kind string, content []byte, ok bool) {
	head, data, found := strings.Cut(address, ",")
	kind, isData := strings.CutPrefix(head, "data:")
	kind, isBase64 := strings.CutSuffix(kind, ";base64")
	if !found || !isData || !isBase64 {
		return "", nil, false
	}
	content, err := base64.StdEncoding.DecodeString(data)
	return kind, content, err == nil
}
