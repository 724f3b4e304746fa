package chatkit

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"docent"
)

// Options is what of the chatkit section of config.yaml goes beyond questions and
// answers.
type Options struct {
	Models      []Choice     `yaml:"models"`
	ToolChoices []ToolChoice `yaml:"tool_choices"`
	PageTools   []string     `yaml:"page_tools"` // of PageTools, those that the front end runs
	ClientTools []ClientTool `yaml:"client_tools"`
	Followups   bool         `yaml:"followups"` // as a widget
	Sources     bool         `yaml:"sources"`   // as a widget
	Workflow    bool         `yaml:"workflow"`  // of the searches

	MaxFileBytes  int64 `yaml:"-"` // of an attachment
	MaxAudioBytes int   `yaml:"-"` // of a recording
}

// Choice is a model that a front end offers.
type Choice struct {
	ID    string `yaml:"id"`    // as the front end names it
	Model string `yaml:"model"` // one of those of model:; "" is called as ID
}

// Name is the model that the choice means.
func (c Choice) Name() string { return cmp.Or(c.Model, c.ID) }

// ToolChoice is an entry of the tool menu of a front end. What it does not narrow the
// question to is "".
type ToolChoice struct {
	ID         string `yaml:"id"`
	Source     string `yaml:"source"`
	Version    string `yaml:"version"`
	PathPrefix string `yaml:"path_prefix"`
}

// ClientTool is a tool that runs in the reader's page.
type ClientTool struct {
	Name        string         `yaml:"name"`
	Description string         `yaml:"description"`
	Parameters  map[string]any `yaml:"parameters"` // the JSON Schema of an object; nil takes none
}

// PageTools are the client tools that need only be named.
var PageTools = []string{"open_page", "get_page_context"}

// pageTools are what models are told of them.
var pageTools = map[string]docent.Tool{
	"open_page": {
		Description: "Opens a page of the documentation in the reader's browser, at a section. Call it when the reader asks to be taken somewhere, with a URL of a source.",
		Parameters:  json.RawMessage(`{"type":"object","properties":{"url":{"type":"string","pattern":"^(https?://|/)","description":"the page's URL, as the source has it"}},"required":["url"],"additionalProperties":false}`),
	},
	"get_page_context": {
		Description: "Tells which page the reader is looking at: its URL, title, selected text. Call it when the question is about \"this page\" or what is shown there.",
		Parameters:  json.RawMessage(`{"type":"object","properties":{},"additionalProperties":false}`),
	},
}

var toolName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// Validate checks what can be checked without asking anyone; the error is a
// *docent.SettingError. Schemas are for the caller to check, see Tools.
func (o Options) Validate() error {
	var models, choices []string
	for _, c := range o.Models {
		models = append(models, c.ID)
	}
	for _, t := range o.ToolChoices {
		choices = append(choices, t.ID)
	}
	wrongModel, wrongChoice := distinct(models), distinct(choices)
	if err := docent.CheckSettings(
		docent.SettingCheck{OK: wrongModel == "", Key: "chatkit.models", Right: "entries with " + wrongModel},
		docent.SettingCheck{OK: wrongChoice == "", Key: "chatkit.tool_choices", Right: "entries with " + wrongChoice},
		docent.SettingCheck{OK: validPageTools(o.PageTools), Key: "chatkit.page_tools", Right: "a list of " + strings.Join(PageTools, ", ") + ", each at most once; [] is none"},
	); err != nil {
		return err
	}
	names := slices.Clone(o.PageTools)
	for i, t := range o.ClientTools {
		if wrong := t.wrong(names); wrong != "" {
			return &docent.SettingError{Key: "chatkit.client_tools", Right: fmt.Sprintf("entries %s, unlike entry %d", wrong, i+1)}
		}
		names = append(names, t.Name)
	}
	return nil
}

// distinct says what entries must have that these IDs show they have not, "" if nothing.
func distinct(ids []string) string {
	for i, id := range ids {
		switch {
		case id == "":
			return fmt.Sprintf("an id each, which entry %d has not", i+1)
		case slices.Contains(ids[:i], id):
			return fmt.Sprintf("an id of its own each, unlike entry %d", i+1)
		}
	}
	return ""
}

func validPageTools(names []string) bool {
	for i, name := range names {
		if !slices.Contains(PageTools, name) || slices.Contains(names[:i], name) {
			return false
		}
	}
	return true
}

// wrong says what the entry should be and is not, "" where it is all right.
func (t ClientTool) wrong(names []string) string {
	switch {
	case !toolName.MatchString(t.Name):
		return "whose name is of 1 to 64 letters, digits, _ and -"
	case slices.Contains(names, t.Name):
		return "whose name is no other tool's"
	case t.Description == "":
		return "whose description tells the model what it is for"
	}
	return ""
}

// Tools are those that run in the reader's page, as models are told of them: nothing
// here calls them. The error is of parameters that are no JSON.
func (o Options) Tools() ([]docent.Tool, error) {
	var tools []docent.Tool
	for _, name := range o.PageTools {
		t := pageTools[name]
		t.Name = name
		tools = append(tools, t)
	}
	for i, c := range o.ClientTools {
		t := docent.Tool{Name: c.Name, Description: c.Description}
		if c.Parameters != nil {
			schema, err := json.Marshal(c.Parameters)
			if err != nil {
				return nil, &docent.SettingError{Key: "chatkit.client_tools", Right: fmt.Sprintf("entries whose parameters are a JSON Schema, unlike entry %d", i+1)}
			}
			t.Parameters = schema
		}
		tools = append(tools, t)
	}
	return tools, nil
}
