package chatkit

import "docent"

// working shows what is done before the first word: it takes the events of the session,
// of sources and of tools.
func (a *answer) working(e docent.Event) error {
	switch e.Name {
	case docent.EventSession:
		a.say(progress("search", "Searching the documentation"))
	case docent.EventTool:
		return read(e, func(d docent.ToolData) error {
			if d.State == docent.ToolStarted && d.Summary != "" {
				a.say(progress("bolt", d.Summary))
			}
			return nil
		})
	}
	return nil
}

// worked ends what working shows, before the first word.
func (a *answer) worked() error { return nil }
