package access

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"docent"
)

// solve finds a solution as a client does.
func solve(c Challenge) Proof { return solveWith(c, "") }

// solveWith finds a solution that begins with a text.
func solveWith(c Challenge, begin string) Proof {
	for n := 0; ; n++ {
		solution := begin + strconv.Itoa(n)
		if zeroBits(sha256.Sum256([]byte(c.Value+"."+solution))) >= c.Bits {
			return Proof{Challenge: c.Value, Solution: solution}
		}
	}
}

// challenged asks for a token without work, and gives the challenge.
func challenged(t *testing.T, g *Gate, c Call) Challenge {
	t.Helper()
	_, err := g.Mint(t.Context(), c, "", Proof{})
	var needs *NeedsProof
	if !errors.As(err, &needs) || docent.CodeOf(err) != docent.CodeForbidden {
		t.Fatalf("without work: %v", err)
	}
	return needs.Challenge
}

func working(bits int) Config {
	cfg := settings()
	cfg.ProofOfWork = bits
	return cfg
}

func TestWorkIsAskedForOnceOfAVisitor(t *testing.T) {
	w := newWatch()
	g := newGate(t, w, working(10), nil)
	c := challenged(t, g, reader())
	if c.Bits != 10 || !c.Ends.Equal(noon.Add(2*time.Minute)) {
		t.Errorf("the challenge is %+v", c)
	}
	token, err := g.Mint(t.Context(), reader(), "", solve(c))
	if err != nil {
		t.Fatal(err)
	}
	w.advance(48 * time.Hour)
	if renewed := mint(t, g, reader(), token.Value); renewed.Principal.Subject != token.Principal.Subject {
		t.Error("a renewal made another visitor")
	}
}

func TestAProofCountsOnceForWhoeverWasAsked(t *testing.T) {
	w := newWatch()
	g := newGate(t, w, working(8), nil)
	proof := solve(challenged(t, g, reader()))
	far, swapped := reader(), reader()
	far.Address = netip.MustParseAddr("198.51.100.7")
	swapped.Origin = "https://other.example.org"
	refused := func(name string, c Call, p Proof) {
		t.Helper()
		_, err := g.Mint(t.Context(), c, "", p)
		var needs *NeedsProof
		if !errors.As(err, &needs) || needs.Challenge.Value == p.Challenge {
			t.Errorf("%s: %v", name, err)
		}
	}
	refused("from another network", far, proof)
	refused("for another site", swapped, proof)
	refused("a wrong solution", reader(), Proof{proof.Challenge, proof.Solution + "x"})
	refused("no solution", reader(), Proof{Challenge: proof.Challenge})
	refused("no challenge", reader(), Proof{Solution: proof.Solution})
	refused("a changed challenge", reader(), Proof{proof.Challenge[:len(proof.Challenge)-2] + "AA", proof.Solution})
	refused("a long solution", reader(), solveWith(challenged(t, g, reader()), strings.Repeat("0", maxSolution)))
	refused("a huge challenge", reader(), Proof{strings.Repeat("A", 1<<20), "1"})
	refused("a token", reader(), Proof{strings.TrimPrefix(mint(t, newGate(t, w, settings(), nil), reader(), "").Value, tokenPrefix), "1"})
	if _, err := g.Mint(t.Context(), reader(), "", proof); err != nil {
		t.Fatalf("the proof itself: %v", err)
	}
	refused("a second time", reader(), proof)

	late := solve(challenged(t, g, reader()))
	w.advance(2 * time.Minute)
	refused("too late", reader(), late)
	refused("the used one, forgotten", reader(), proof)
}

func TestAnEasierChallengeDoesNotCount(t *testing.T) {
	easy, hard := newGate(t, newWatch(), working(1), nil), newGate(t, newWatch(), working(8), nil)
	proof := solve(challenged(t, easy, reader()))
	if _, err := hard.Mint(t.Context(), reader(), "", proof); err == nil {
		t.Error("the work of an easier challenge was enough")
	}
}

func TestSolutionsAreRememberedWithinBounds(t *testing.T) {
	var s spent
	for i := range maxSpent {
		if !s.spend(fmt.Sprint(i), noon.Add(time.Minute), noon) {
			t.Fatalf("number %d is refused", i)
		}
	}
	if s.spend("one more", noon.Add(time.Minute), noon) {
		t.Error("there is no bound")
	}
	if s.spend("0", noon.Add(time.Minute), noon) {
		t.Error("the first was forgotten before its end")
	}
	if !s.spend("later", noon.Add(2*time.Minute), noon.Add(time.Minute)) || len(s.until) != 1 || len(s.order) != 1 {
		t.Errorf("what has ended is kept: %d", len(s.until))
	}
}

func BenchmarkProof(b *testing.B) {
	g := newGateOf(b, newWatch(), working(8), twoSites(), nil)
	s := g.sites[0]
	proof := solve(g.challenge(s, reader()))
	for b.Loop() {
		if _, ok := g.solved(s, reader(), proof); !ok {
			b.Fatal("refused")
		}
	}
}
