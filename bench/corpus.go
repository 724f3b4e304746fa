package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// corpus makes up documentation: deterministic, with words as rare as Zipf's
// law has them.
type corpus struct {
	random *rand.Rand
	zipf   *rand.Zipf
	words  []string
}

// vocabulary is how many words the corpus has.
const vocabulary = 20_000

func newCorpus(seed uint64) *corpus {
	random := rand.New(rand.NewPCG(seed, 0))
	c := &corpus{random: random, zipf: rand.NewZipf(random, 1.1, 4, vocabulary-1), words: make([]string, vocabulary)}
	syllables := []string{"con", "fig", "ser", "ver", "to", "ken", "in", "dex", "ro", "ute", "ca", "che", "lo", "ad", "mo", "del", "pa", "th", "se", "ction"}
	for i := range c.words {
		for n := i + len(syllables); n > 0; n /= len(syllables) {
			c.words[i] += syllables[n%len(syllables)]
		}
	}
	return c
}

func (c *corpus) word() string { return c.words[c.zipf.Uint64()] }

func (c *corpus) sentence(words int) string {
	s := make([]string, words)
	for i := range s {
		s[i] = c.word()
	}
	return strings.ToUpper(s[0][:1]) + s[0][1:] + " " + strings.Join(s[1:], " ") + "."
}

// paragraph is a few sentences with an identifier in code.
func (c *corpus) paragraph() string {
	var b strings.Builder
	for range 3 + c.random.IntN(3) {
		b.WriteString(c.sentence(8+c.random.IntN(10)) + " ")
	}
	fmt.Fprintf(&b, "Set `%s_%s` first.", c.word(), c.word())
	return b.String()
}

// page is a page of Markdown with sections, of about 6 KB.
func (c *corpus) page() string {
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: %s %s\n---\n\n%s\n", c.word(), c.word(), c.paragraph())
	for range 6 {
		fmt.Fprintf(&b, "\n## %s %s %s\n\n%s\n\n", c.word(), c.word(), c.word(), c.paragraph())
		fmt.Fprintf(&b, "- %s\n- %s\n\n", c.sentence(6), c.sentence(7))
		fmt.Fprintf(&b, "```sh\n%s --%s %s\n```\n\n%s\n", c.word(), c.word(), c.word(), c.paragraph())
	}
	return b.String()
}

// write makes a folder of n pages and gives their size in bytes.
func (c *corpus) write(dir string, n int) (size int, err error) {
	for i := range n {
		text := c.page()
		size += len(text)
		name := filepath.Join(dir, fmt.Sprintf("part-%02d", i%20), fmt.Sprintf("page-%05d.md", i))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return 0, err
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return 0, err
		}
	}
	return size, nil
}
