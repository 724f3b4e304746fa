package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// keyForm is the name of a section as one generation wrote it. It stands in the
// section's heading and in its text, so that whatever shows a part of the
// section tells its key.
var keyForm = regexp.MustCompile(`\bk\d+s\d+g\d+\b`)

// sections is how many a page has.
const sections = 6

// topics are what sections are about. Every question names one.
var topics = strings.Fields(`anchor ballast beacon bilge boom bollard buoy capstan chart compass crane davit
	deck dock fender gangway halyard hatch hull jetty keel ladder lantern latch mast mooring oar pier pilot pump
	quay radar reef rigging rudder sail sluice tide tiller winch`)

// corpus is documentation that goes through generations.
type corpus struct {
	dir    string
	random *rand.Rand

	generation int
	pages      map[string]*page // by path
	removed    map[string]*page // that may come back as they were
	made       int              // pages, ever
	lived      map[string][]int // the generations that have the section, by key
}

type page struct {
	number int
	core   bool // rewritten by every generation
	keys   [sections]string
}

func newCorpus(dir string, seed uint64) *corpus {
	return &corpus{dir: dir, random: rand.New(rand.NewPCG(seed, 1)),
		pages: map[string]*page{}, removed: map[string]*page{}, lived: map[string][]int{}}
}

// next makes the next generation: every core page is rewritten, some sections
// of others are, some pages go and come, until there are about n.
func (c *corpus) next(n int) error {
	c.generation++
	for _, path := range slices.Sorted(maps.Keys(c.pages)) {
		switch p := c.pages[path]; {
		case p.core:
			c.rewrite(p, 1)
		case c.random.IntN(20) == 0:
			delete(c.pages, path)
			c.removed[path] = p
			if err := os.Remove(filepath.Join(c.dir, path)); err != nil {
				return err
			}
		case c.random.IntN(5) == 0:
			c.rewrite(p, 0.3)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(c.removed)) {
		if c.random.IntN(4) == 0 {
			c.pages[path] = c.removed[path]
			delete(c.removed, path)
		}
	}
	for len(c.pages) < n {
		p := &page{number: c.made, core: c.made%3 == 0}
		c.rewrite(p, 1)
		c.pages[fmt.Sprintf("part-%d/page-%04d.md", c.made%7, c.made)] = p
		c.made++
	}
	for path, p := range c.pages {
		for _, key := range p.keys {
			c.lived[key] = append(c.lived[key], c.generation)
		}
		if err := c.write(path, p); err != nil {
			return err
		}
	}
	return nil
}

// rewrite gives a share of the sections, and of new pages all, new keys.
func (c *corpus) rewrite(p *page, share float64) {
	for i := range p.keys {
		if p.keys[i] == "" || c.random.Float64() < share {
			p.keys[i] = fmt.Sprintf("k%ds%dg%d", p.number, i, c.generation)
		}
	}
}

func (c *corpus) write(path string, p *page) error {
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: Harbour manual, page %d\n---\n", p.number)
	for i, key := range p.keys {
		topic := topics[(p.number*5+i*7)%len(topics)]
		fmt.Fprintf(&b, "\n## The %s %s\n\nThis is %s. To set the %s of the harbour, open the %s settings and choose the %s that fits. ",
			topic, key, key, topic, topic, topics[(p.number+i)%len(topics)])
		for j := range 4 {
			fmt.Fprintf(&b, "The %s and the %s are checked before the %s is moved. ",
				topics[(p.number*3+j)%len(topics)], topics[(p.number+j*11)%len(topics)], topic)
		}
		fmt.Fprintf(&b, "\n\n```sh\nharbour --%s %s\n```\n", topic, key)
	}
	file := filepath.Join(c.dir, path)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	if old, err := os.ReadFile(file); err == nil && string(old) == b.String() {
		return nil
	}
	return os.WriteFile(file, []byte(b.String()), 0o644)
}

// keys are those of the present generation.
func (c *corpus) keys() []string {
	var keys []string
	for _, p := range c.pages {
		keys = append(keys, p.keys[:]...)
	}
	return keys
}

// generationsOf gives the generations that have all of the sections; ok is
// false where a key was never written.
func (c *corpus) generationsOf(keys []string) (generations []int, ok bool) {
	for i, key := range keys {
		lived, written := c.lived[key]
		if !written {
			return nil, false
		}
		if i == 0 {
			generations = slices.Clone(lived)
			continue
		}
		generations = slices.DeleteFunc(generations, func(g int) bool { return !slices.Contains(lived, g) })
	}
	return generations, true
}
