package chat

// kind is what a message wants.
type kind string

// The kinds of messages.
const (
	asksDocs  kind = "question"     // something that the documentation may hold
	smallTalk kind = "small_talk"   // nothing: a greeting, thanks, who is there
	asksTalk  kind = "conversation" // something of what was said: shorter, again, in other words
)

// kindOf tells what a message wants. Where it is in doubt it is a question: to be
// searched for in vain costs a reader less than not to be searched for.
func kindOf(message string) kind {
	if t, _ := smallTalkOf(message); t != noTalk {
		return smallTalk
	}
	if requestOf(message).wish != noWish {
		return asksTalk
	}
	return asksDocs
}
