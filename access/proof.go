package access

import (
	"crypto/sha256"
	"encoding/json"
	"math/bits"
	"sync"
	"time"

	"docent"
)

// Bounds of proofs of work.
const (
	challengeTTL = 2 * time.Minute
	maxChallenge = 512
	maxSolution  = 64
	maxSpent     = 100_000 // solutions remembered; more within a challenge's life are refused
)

// Challenge asks for work: any text for which the SHA-256 of Value + "." + text
// begins with Bits zero bits. It works once, for one site and network.
type Challenge struct {
	Value string    `json:"value"`
	Bits  int       `json:"bits"`
	Ends  time.Time `json:"expires_at"`
}

// Proof is a solved Challenge; the zero value is none.
type Proof struct {
	Challenge string // its Value
	Solution  string // the text, at most 64 bytes
}

// NeedsProof is Mint's error where auth.proof_of_work asks for work first.
type NeedsProof struct {
	Challenge Challenge
	Err       *docent.Error // CodeForbidden
}

// Error says what is missing.
func (e *NeedsProof) Error() string { return e.Err.Error() }

// Unwrap gives the *docent.Error.
func (e *NeedsProof) Unwrap() error { return e.Err }

// task is what a challenge says.
type task struct {
	Site string `json:"s"`
	Near string `json:"a"`
	Bits int    `json:"b"`
	Ends int64  `json:"e"` // Unix seconds
	Once string `json:"n"` // random
}

// challenge makes a new one. Nothing of it is kept.
func (g *Gate) challenge(s *site, c Call) Challenge {
	ends := g.now().Add(challengeTTL).Truncate(time.Second)
	data, _ := json.Marshal(task{Site: s.name, Near: near(c.Address), Bits: g.cfg.ProofOfWork, Ends: ends.Unix(), Once: randomText(idBytes)})
	return Challenge{Value: g.secrets.Sign(ForChallenge, data), Bits: g.cfg.ProofOfWork, Ends: ends}
}

// worked checks the proof of work, where the settings want one. A proof counts
// once.
func (g *Gate) worked(s *site, c Call, p Proof) error {
	if g.cfg.ProofOfWork == 0 {
		return nil
	}
	why := "a proof of work is needed"
	if p != (Proof{}) {
		t, ok := g.solved(s, c, p)
		if ok && g.spent.spend(t.Once, time.Unix(t.Ends, 0), g.now()) {
			return nil
		}
		why = "the proof of work is wrong, too old or was used before"
	}
	return &NeedsProof{g.challenge(s, c), &docent.Error{
		Code: docent.CodeForbidden, Message: why, Hint: "solve the challenge and send it again with the solution",
	}}
}

// solved reports whether a proof solves a task that was given to this caller
// and has not ended.
func (g *Gate) solved(s *site, c Call, p Proof) (task, bool) {
	var t task
	if len(p.Challenge) > maxChallenge || len(p.Solution) > maxSolution {
		return t, false
	}
	data, ok := g.secrets.Verify(ForChallenge, p.Challenge)
	if !ok || json.Unmarshal(data, &t) != nil {
		return t, false
	}
	return t, t.Site == s.name && t.Near == near(c.Address) && t.Bits >= g.cfg.ProofOfWork && g.now().Unix() < t.Ends &&
		zeroBits(sha256.Sum256([]byte(p.Challenge+"."+p.Solution))) >= t.Bits
}

// zeroBits counts the zero bits at the beginning.
func zeroBits(sum [sha256.Size]byte) int {
	n := 0
	for _, b := range sum {
		n += bits.LeadingZeros8(b)
		if b != 0 {
			break
		}
	}
	return n
}

// spent remembers which challenges were solved until they end.
type spent struct {
	mu    sync.Mutex
	until map[string]time.Time
	order []string // oldest first
}

// spend reports whether it is the first time for once, which ends at ends. It
// is not, either, where too many are remembered.
func (s *spent) spend(once string, ends, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.order) > 0 && !now.Before(s.until[s.order[0]]) {
		delete(s.until, s.order[0])
		s.order = s.order[1:]
	}
	if _, used := s.until[once]; used || len(s.order) >= maxSpent {
		return false
	}
	if s.until == nil {
		s.until = map[string]time.Time{}
	}
	s.until[once] = ends
	s.order = append(s.order, once)
	return true
}
