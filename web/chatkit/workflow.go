package chatkit

import (
	"encoding/json"
	"strings"

	"docent"
	"docent/web"
)

// workflow is what a workflow item has beside its head: the searches of an answer.
type workflow struct {
	Workflow work `json:"workflow"`
}

type work struct {
	Type     string   `json:"type"`
	Tasks    []task   `json:"tasks"`
	Summary  *summary `json:"summary,omitempty"`
	Expanded bool     `json:"expanded"`
}

type summary struct {
	Title string `json:"title"`
	Icon  string `json:"icon"`
}

// task is a search, or a call of another tool.
type task struct {
	Type    string       `json:"type"` // taskSearch or taskCustom
	Status  string       `json:"status_indicator"`
	Title   string       `json:"title,omitempty"`
	Queries *[]string    `json:"queries,omitempty"` // of searches, as Sources; never nil there
	Sources *[]urlSource `json:"sources,omitempty"`

	call string // the ID of the call that it is; "" is of none
}

const (
	taskSearch = "web_search"
	taskCustom = "custom"

	taskLoading  = "loading"
	taskComplete = "complete"
)

// maxQuery bounds a question in a task, in bytes.
const maxQuery = 300

func searchTask(query string) task {
	if len(query) > maxQuery {
		query = strings.ToValidUTF8(query[:maxQuery], "") + "..."
	}
	return task{Type: taskSearch, Status: taskLoading, Queries: &[]string{query}, Sources: &[]urlSource{}}
}

type taskUpdate struct {
	Type  string          `json:"type"`
	Index int             `json:"task_index"`
	Task  json.RawMessage `json:"task"` // as it is now
}

// update tells of a task: added or updated.
func (a *answer) update(what string, at int) {
	now, _ := json.Marshal(a.work.Tasks[at]) // of texts: it cannot fail
	a.say(itemUpdated(workflowID(a.message.ID), taskUpdate{"workflow.task." + what, at, now}))
}

// workflowID names the item of what was done for an answer, which is shown before it.
// It is stored hidden, and of another name, so that no cursor means both.
func workflowID(answerID string) string { return answerID + workflowSuffix }

const (
	workflowSuffix = "_workflow"
	workSuffix     = "_work"
)

func (a *answer) workflowItem() item {
	return newItem(workflowID(a.message.ID), a.message.SessionID, a.message.CreatedAt, typeWorkflow, workflow{a.work})
}

// working shows what is done before the first word: it takes the events of the session,
// of sources and of tools.
func (a *answer) working(e docent.Event) error {
	switch e.Name {
	case docent.EventSession:
		a.say(progress("search", wordsIn(a.call.Language()).searching))
	case docent.EventSources:
		return a.searched()
	case docent.EventTool:
		return read(e, a.tool)
	}
	return nil
}

// searched shows the sources of a search: those of the last task that searches, or of a
// first one.
func (a *answer) searched() error {
	if !a.cfg.Workflow || a.begun {
		return nil
	}
	last := len(a.work.Tasks) - 1
	if last < 0 || a.work.Tasks[last].Type != taskSearch {
		if last >= 0 && a.seen > 0 {
			return nil // another tool's
		}
		question, err := a.questionText()
		if err != nil {
			return err
		}
		last = a.add(searchTask(question))
	}
	t := &a.work.Tasks[last]
	for _, source := range a.sources {
		if source.N > a.seen {
			*t.Sources = append(*t.Sources, a.urlOf(source.Title, source.Heading, source.URL))
			a.seen = source.N
		}
	}
	if t.call == "" {
		t.Status = taskComplete
	}
	a.update("updated", last)
	return nil
}

// tool shows a call of a tool that begins or ends.
func (a *answer) tool(d docent.ToolData) error {
	if d.State == docent.ToolStarted && d.Summary != "" {
		a.say(progress("bolt", d.Summary))
	}
	if !a.cfg.Workflow || a.begun {
		return nil
	}
	for i := range a.work.Tasks {
		if t := &a.work.Tasks[i]; t.call == d.ID && d.State != docent.ToolStarted {
			t.Status, t.Title = taskComplete, d.Summary
			a.update("updated", i)
			return nil
		}
	}
	t := task{Type: taskCustom, Status: taskLoading}
	if d.Name == "search_docs" {
		t = task{Type: taskSearch, Status: taskLoading, Queries: &[]string{}, Sources: &[]urlSource{}}
	}
	t.Title, t.call = d.Summary, d.ID
	a.add(t)
	return nil
}

// add shows a further task; the first one begins the workflow.
func (a *answer) add(t task) int {
	at := len(a.work.Tasks)
	a.work.Type, a.work.Tasks = "custom", append(a.work.Tasks, t)
	if at == 0 {
		a.say(itemAdded(a.workflowItem()))
	} else {
		a.update("added", at)
	}
	return at
}

// worked ends what working shows, before the first word or where none comes.
func (a *answer) worked() error {
	if len(a.work.Tasks) == 0 || a.work.Summary != nil {
		return nil
	}
	for i := range a.work.Tasks {
		a.work.Tasks[i].Status = taskComplete
	}
	a.work.Summary = &summary{wordsIn(a.call.Language()).searched, "search"}
	a.say(itemDone(a.workflowItem()))
	body, err := json.Marshal(workflow{a.work})
	if err != nil {
		return err
	}
	return a.ports.Threads.PutItem(a.call.Context(), a.call.Principal.Owner(), docent.Item{
		ID: a.message.ID + workSuffix, SessionID: a.message.SessionID, Type: typeWorkflow, Hidden: true, Body: body, CreatedAt: a.message.CreatedAt,
	})
}

// questionText is what the answer is to.
func (a *answer) questionText() (string, error) {
	e, err := a.ports.Threads.Entry(a.call.Context(), a.call.Principal.Owner(), a.started.SessionID, a.started.UserMessageID)
	if err != nil || e.Message == nil {
		return "", err
	}
	return e.Message.Text, nil
}

// workflowOf gives the item of what was done for an answer, none where nothing was
// shown of it.
func (s *service) workflowOf(c *web.Call, m docent.Message) ([]item, error) {
	if !s.cfg.Workflow {
		return nil, nil
	}
	e, err := s.ports.Threads.Entry(c.Context(), c.Principal.Owner(), m.SessionID, m.ID+workSuffix)
	switch {
	case docent.CodeOf(err) == docent.CodeNotFound:
		return nil, nil
	case err != nil || e.Item == nil:
		return nil, err
	}
	e.Item.ID, e.Item.Hidden = workflowID(m.ID), false
	return storedItem(*e.Item), nil
}
