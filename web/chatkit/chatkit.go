package chatkit

import (
	"context"
	"net/http"

	"docent"
	"docent/access"
	"docent/web"
)

// root is the protocol's address.
const root = "/chatkit"

// Config is the chatkit section of config.yaml.
type Config struct {
	Enabled bool `yaml:"enabled"`
	Options `yaml:",inline"`

	MaxMessageBytes int `yaml:"-"` // chat.max_message_bytes; 0 is any
	MaxFiles        int `yaml:"-"` // of a message; 0 takes none
}

// Ports are what the protocol reads and changes. Threads is needed.
type Ports struct {
	Threads     Threads
	Attachments Attachments     // nil takes no files
	Actions     Actions         // nil follows none
	Secrets     *access.Secrets // sign the addresses of files; needed with Attachments
	// Transcribe writes down what is said in a recording; nil is not configured.
	Transcribe func(ctx context.Context, mimeType string, audio []byte) (string, error)
}

// service answers the operations.
type service struct {
	cfg   Config
	ports Ports
}

// New makes the protocol.
func New(cfg Config, ports Ports) (web.Protocol, error) {
	s := &service{cfg: cfg, ports: ports}
	endpoints := append([]web.Endpoint{{
		Method: http.MethodPost, Path: root, Surface: access.SurfaceChatKit, Scope: access.ScopeChat, MaxBytes: s.maxBody(), Serve: s.serve,
	}}, s.files()...)
	return web.Protocol{Root: root, Endpoints: endpoints, Fail: fail, Headers: ownHeaders}, nil
}

// ownHeaders are those that front ends are seen to send of themselves. They are not
// read, but a browser asks whether they may come.
var ownHeaders = []string{"ChatKit-Device-Id", "ChatKit-Frame-Instance-Id"}

// operation answers one type of requests. Its parameters are read by it; what is wrong
// with them is known by object.err.
type operation func(*service, *web.Call, object) error

// operations are all that there are, by the type that names them.
var operations = map[string]operation{
	"threads.create":                 (*service).createThread,
	"threads.add_user_message":       (*service).addUserMessage,
	"threads.add_client_tool_output": (*service).addClientToolOutput,
	"threads.add_structured_input":   (*service).addStructuredInput,
	"threads.retry_after_item":       (*service).retryAfterItem,
	"threads.custom_action":          (*service).customAction,
	"threads.sync_custom_action":     (*service).syncCustomAction,
	"threads.get_by_id":              (*service).getThread,
	"threads.list":                   (*service).listThreads,
	"threads.update":                 (*service).updateThread,
	"threads.delete":                 (*service).deleteThread,
	"items.list":                     (*service).listItems,
	"items.feedback":                 (*service).feedback,
	"attachments.create":             (*service).createAttachment,
	"attachments.delete":             (*service).deleteAttachment,
	"input.transcribe":               (*service).transcribe,
}

// serve answers POST /chatkit.
func (s *service) serve(c *web.Call) error {
	body, err := c.Body()
	if err != nil {
		return err
	}
	request, err := decode(body)
	if err != nil {
		return err
	}
	name := request.text("type")
	do, known := operations[name]
	if name != "" && !known {
		request.refuse("type", "is not an operation of ChatKit")
	}
	params := request.object("params")
	params.metadata = request.flat("metadata")
	if err := request.err(); err != nil {
		return err
	}
	return do(s, c, params)
}

// nothing is the answer where there is nothing to tell.
func nothing(c *web.Call) error { return c.JSON(http.StatusOK, struct{}{}) }

// unsupported is the error of an operation that is not configured; hint says how it is.
func unsupported(what, hint string) error {
	return &docent.Error{Code: docent.CodeUnsupported, Message: what, Hint: hint}
}
