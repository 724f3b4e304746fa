package chat

import (
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"docent"
)

// ownHosts may be linked in these tests.
func ownHosts(host string) bool { return host == "docs.example.com" }

var linkTestRules = linkRules{host: ownHosts, given: func(a string) bool { return a == "https://given.example.org/path" }}

// linkFiltered runs deltas through a link filter.
func linkFiltered(t testing.TB, rules linkRules, deltas ...string) string {
	t.Helper()
	var b strings.Builder
	f := newLinkFilter(rules, func(text string) error {
		b.WriteString(text)
		return nil
	})
	for _, d := range deltas {
		if err := f.Write(d); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var linkTests = []struct{ rule, in, want string }{
	{"text passes", "Set the port, *then* restart: a < b, f(x)[0], 5 > 3!", "Set the port, *then* restart: a < b, f(x)[0], 5 > 3!"},
	{"citations pass", "So it is [1][2]. And [3]", "So it is [1][2]. And [3]"},
	{"the documentation's own links pass", "See [the guide](https://docs.example.com/a_(b)#c \"so\").", "See [the guide](https://docs.example.com/a_(b)#c \"so\")."},
	{"links within the site pass", "See [a](/docs/a) and [b](#b).", "See [a](/docs/a) and [b](#b)."},
	{"another link is its words", "See [the *guide*](https://evil.example/x?q=1).", "See the *guide*."},
	{"a relative link is its words", "See [a](page.html) and [b](../b).", "See a and b."},
	{"an address without a scheme is another host's", "See [a](//evil.example/x) and [b](/\\\\evil.example).", "See a and b."},
	{"a script is no address", "See [a](javascript:alert(1)) and [b](data:text/html,x).", "See a and b."},
	{"entities don't hide a scheme", "See [a](https&#58;//evil.example) and [b](/&#47;evil.example) and [c](&sol;/evil.example).", "See a and b and c."},
	{"a name before the host is no host", "See [a](https://docs.example.com@evil.example/).", "See a."},
	{"an address in angle brackets", "See [a](<https://evil.example/a b>) and [b](<https://docs.example.com/b>).", "See a and [b](<https://docs.example.com/b>)."},
	{"an address on the next line", "See [a](\nhttps://evil.example/x\n'so').", "See a."},
	{"an image is its alternative text", "Look: ![a chart](https://docs.example.com/c.png) ![](https://evil.example/?q=secret)", "Look: a chart "},
	{"an image in a link", "[![alt](https://evil.example/i.png)](https://docs.example.com/)", "[alt](https://docs.example.com/)"},
	{"a definition can't be used", "See [a][x].\n\n[x]: https://evil.example/x\n", "See [a][x].\n\n\\[x]: `evil.example`\n"},
	{"a definition without a scheme can't be used", "[x]: //evil.example/x\n", "\\[x]: `evil.example`\n"},
	{"one's own definition can", "[x]: https://docs.example.com/x\n", "[x]: https://docs.example.com/x\n"},
	{"a bare address of the documentation passes", "At https://docs.example.com/a?b=c, too.", "At https://docs.example.com/a?b=c, too."},
	{"a bare address that was given is code", "Open https://given.example.org/path.", "Open `https://given.example.org/path`."},
	{"a bare address that was not is its host", "Open https://evil.example/?q=secret and www.evil.example/secret!", "Open `evil.example` and `www.evil.example`!"},
	{"what follows a bare host can't make it a name", "https://docs.example.com[@evil.example/ https://docs.example.com\\@evil.example/", "`docs.example.com`[@evil.example/ `docs.example.com`\\@evil.example/"},
	{"an address in angle brackets alone", "Open <https://evil.example/?q=secret> or <https://docs.example.com/>.", "Open `evil.example` or <https://docs.example.com/>."},
	{"tags are text", "<img src=x onerror=alert(1)><a href='https://evil.example'>x</a><br>", "\\<img src=x onerror=alert(1)>\\<a href='`evil.example`'>x\\</a><br>"},
	{"a tag that would begin a block of HTML is text", "<br>\n<x", "\\<br>\n\\<x"},
	{"a placeholder stays readable", "Promise<string> and <name>", "Promise\\<string> and \\<name>"},
	{"code in a span passes", "Run `curl https://evil.example/x [a](b)` now.", "Run `curl https://evil.example/x [a](b)` now."},
	{"a span that is not closed is text", "Run ` [a](https://evil.example)\nnow.", "Run \\` a\nnow."},
	{"a span that a table's cell would cut is text", "| ` | [a](https://evil.example) ` |", "| \\` | a \\` |"},
	{"an address behind a letter is one for some", "Open xhttps://evil.example/?q=secret 1http://evil.example/x or ewww.evil.example/x.", "Open x`evil.example` 1`evil.example` or e`www.evil.example`."},
	{"an address without a scheme is one for some", "Open //evil.example/?q=secret or //docs.example.com/x.", "Open `evil.example` or //docs.example.com/x."},
	{"two slashes are no address", "A // comment, //go:build, a//b and file:///etc/hosts.", "A // comment, //go:build, a//b and file:///etc/hosts."},
	{"deep brackets are no links", strings.Repeat("[", 12) + "a" + strings.Repeat("](https://evil.example)", 12), "\\[\\[\\[\\[a" + strings.Repeat("](`evil.example`)", 4)},
	{"a table's first row is no fence", "> ~~~ |[x]:><https://evil.example>\n|-|-|\n", "> \\~\\~\\~ |[x]:>`evil.example`\n|-|-|\n"},
	{"what stands directly behind a host could go on with it", "https://docs.example.com<https://x>.evil.example/ https://docs.example.com<br>", "`docs.example.com`x.evil.example/ `docs.example.com`<br>"},
	{"an entity in a host is no end of it for some", "https://docs.example.com&sol;x.evil.example/ [a](https://docs.example.com&#47;x.evil.example)", "`docs.example.com` a"},
	{"an own address does not carry another", "https://docs.example.com/a!ftp://evil.example/x https://docs.example.com/ä。www.evil.example/x?y", "`docs.example.com` https://docs.example.com/ä。`www.evil.example`"},
	{"a link that is not closed is none", "[a](<x://evil.example/?)", "\\[a](\\<x://evil.example/?)"},
	{"a host in capitals is cut by some", "https://docs.exAmple.com/a", "`docs.exAmple.com`"},
	{"a bar in code is no cell of a link", "So `string | Promise<string>` or `x <|> y`.", "So `string | Promise<string>` or `x <|> y`."},
	{"a fence passes", "So:\n```sh\ncurl https://evil.example # [a](b) <x>\n```\n[a](https://evil.example)", "So:\n```sh\ncurl https://evil.example # [a](b) <x>\n```\na"},
	{"a fence in a list passes", "1. Do\n\n   ```\n   [a](b)\n   ```\n2. [a](b)", "1. Do\n\n   ```\n   [a](b)\n   ```\n2. a"},
	{"what only looks like a fence", "``` a ` b\n[a](https://evil.example)", "\\`\\`\\` a \\` b\na"},
	{"escaped marks pass", "No \\[a](b) and \\` [a](https://evil.example) \\`", "No \\[a](b) and \\` a \\`"},
	{"an exclamation", "Wow! [a](/b) so!", "Wow! [a](/b) so!"},
	{"an unclosed bracket ends with the text", "An [open", "An [open"},
}

func TestLinksLeadOnlyWhereTheyMay(t *testing.T) {
	for _, tt := range linkTests {
		t.Run(tt.rule, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, linkFiltered(t, linkTestRules, tt.in)); diff != "" {
				t.Error(diff)
			}
			if bad := badLinks(tt.want); bad != nil {
				t.Errorf("a reader of Markdown finds %q", bad)
			}
			if diff := cmp.Diff(tt.want, linkFiltered(t, linkTestRules, strings.Split(tt.in, "")...)); diff != "" {
				t.Errorf("by characters: %s", diff)
			}
		})
	}
}

// markdown reads answers as renderers do.
var markdown = goldmark.New(goldmark.WithExtensions(extension.GFM))

// badLinks gives what a reader of Markdown finds in a text that may not be there.
func badLinks(answer string) (bad []string) {
	source := []byte(answer)
	refuse := func(address string) {
		u, err := url.Parse(address)
		if err != nil && strings.Contains(address, "//") || err == nil && u.Scheme != "mailto" && (u.Host != "" && !ownHosts(u.Hostname()) || u.Scheme != "" && u.Host == "") {
			bad = append(bad, address)
		}
	}
	refuseTags := func(of *text.Segments) {
		if tags := string(of.Value(source)); strings.Contains(tags, "=") {
			bad = append(bad, tags)
		}
	}
	_ = ast.Walk(markdown.Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			refuse(string(n.Destination))
		case *ast.Image:
			refuse(string(n.Destination))
		case *ast.AutoLink:
			refuse(string(n.URL(source)))
		case *ast.RawHTML:
			refuseTags(n.Segments)
		case *ast.HTMLBlock:
			refuseTags(n.Lines())
		}
		return ast.WalkContinue, nil
	})
	return bad
}

// trickyPieces are what hostile answers are made of.
var trickyPieces = []string{"[", "]", "(", ")", "![", "[a](https://evil.example)", "![i](https://evil.example/i)", "](https://evil.example)", "https://evil.example/x",
	"<", ">", "<https://evil.example>", "<a href=https://evil.example>", "`", "``", "```", "```sh", "~~~", "\n", "\n\n", "\n    ", "\n- ", "\n1. ", "\n> ", "\n  ", "\t", " ", "\\", "|", "\n|-|-|\n",
	"[x]: https://evil.example", "[x]:", "[x]", "a", "1.", "- ", "# ", "\"", "'", "www.evil.example", "//evil.example", "ahttps://evil.example/x", "[[[[[[[[", "&#58;", "<!--", "-->", "<pre>", "</pre>", "<code>", "<br>", "*", "_", "ä", ":", "!"}

func checkTricky(t testing.TB, answer string, cut int) {
	t.Helper()
	whole := linkFiltered(t, linkTestRules, answer)
	if bad := badLinks(whole); bad != nil {
		t.Errorf("%q became %q, in which a reader of Markdown finds %q", answer, whole, bad)
	}
	if parts := linkFiltered(t, linkTestRules, answer[:cut], answer[cut:]); parts != whole {
		t.Errorf("%q cut at %d became %q, whole %q", answer, cut, parts, whole)
	}
}

func TestNoCombinationOfMarkdownLeadsElsewhere(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 100000 {
		var b strings.Builder
		for range 1 + random.IntN(12) {
			b.WriteString(trickyPieces[random.IntN(len(trickyPieces))])
		}
		checkTricky(t, b.String(), random.IntN(b.Len()+1))
		if t.Failed() {
			return
		}
	}
}

func FuzzLinkFilter(f *testing.F) {
	for _, tt := range linkTests {
		f.Add(tt.in, 3)
	}
	f.Fuzz(func(t *testing.T, answer string, cut int) {
		answer = strings.ToValidUTF8(answer, "?")
		cut = min(max(cut, 0), len(answer))
		checkTricky(t, answer, cut)
	})
}

func TestAnAddressWithoutAnEndIsNotHeldForever(t *testing.T) {
	long := strings.Repeat("x", 3*maxLink)
	for _, in := range []string{"https://evil.example/" + long, "[a](https://evil.example/" + long, "[" + long, "`" + long, "<" + long, "[a]: https://evil.example/" + long} {
		got := linkFiltered(t, linkTestRules, in)
		if bad := badLinks(got); bad != nil {
			t.Errorf("%.20q became a text in which a reader of Markdown finds %.40q", in, bad)
		}
	}
}

// TestAModelsLinksLeadToItsSourcesOnly: an answer's whole road.
func TestAModelsLinksLeadToItsSourcesOnly(t *testing.T) {
	sited := found
	sited.Passages = slices.Clone(found.Passages)
	for i := range sited.Passages {
		sited.Passages[i].URL = "https://docs.example.com/install#linux"
	}
	cfg := testConfig()
	cfg.Answer.Links = []string{"code.example.org"}
	s := service(t, cfg, newMemory(), finds(sited), &scripted{deltas: []string{
		"Use [the guide](https://docs.exam", "ple.com/install) or [code](https://code.example.org/x) ![](https://evil.exam", "ple/?q=secret)[now](https://evil.example) [1].",
	}})
	_, events := ask(t, s, docent.Ask{Message: "How do I install it on Linux?"})
	if got, want := said(t, events), "Use [the guide](https://docs.example.com/install) or [code](https://code.example.org/x) now [1]."; got != want {
		t.Errorf("the answer is %q, want %q", got, want)
	}
}
