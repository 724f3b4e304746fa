package openai

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"sync"

	"docent"
)

// maxRecent is how many conversations are known by what was said in them, some 100
// bytes each.
const maxRecent = 10_000

// recent knows the sessions of conversations by what was said in them: clients that
// keep a conversation send all of it, and no name. What it forgets, or never knew since
// another process did, begins a session of its own.
type recent struct {
	mu       sync.Mutex
	sessions map[string]string
	order    []string // of the keys, the oldest first
}

// remember notes the session of a conversation that ends with an answer.
func (r *recent) remember(o docent.Owner, q docent.Ask, answer, session string) {
	said := append(q.History[:len(q.History):len(q.History)],
		docent.ModelMessage{Role: docent.RoleUser, Text: q.Message}, docent.ModelMessage{Role: docent.RoleAssistant, Text: withoutFootnotes(answer)})
	key := keyOf(o, said)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sessions == nil {
		r.sessions = map[string]string{}
	}
	if len(r.order) == maxRecent {
		delete(r.sessions, r.order[0])
		r.order = r.order[1:]
	}
	r.sessions[key] = session
	r.order = append(r.order, key)
}

// recall gives the session of a conversation, once: what branches off from it is a
// conversation of its own. It is "" where none is known.
func (r *recent) recall(o docent.Owner, said []docent.ModelMessage) string {
	key := keyOf(o, said)
	r.mu.Lock()
	defer r.mu.Unlock()
	session := r.sessions[key]
	delete(r.sessions, key)
	return session
}

// keyOf names a conversation by its owner and by what was said.
func keyOf(o docent.Owner, said []docent.ModelMessage) string {
	words := []string{o.Site, o.Subject}
	for _, m := range said {
		words = append(words, m.Role, strings.TrimSpace(m.Text))
	}
	encoded, _ := json.Marshal(words) // of strings: it cannot fail
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:16])
}
