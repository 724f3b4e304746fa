package extract

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"docent"
	"docent/chat"
)

// number numbers passages as answers cite them.
func number(passages []docent.Passage) []docent.Passage {
	for i := range passages {
		passages[i].N = i + 1
	}
	return passages
}

// passage makes a passage of blocks, as ingest does.
func passage(title, heading string, score float64, blocks ...docent.Block) docent.Passage {
	p := docent.Passage{Score: score}
	p.Title, p.Path = title, strings.ToLower(title)+".md"
	if heading != "" {
		p.Headings = []string{heading}
	}
	for _, b := range blocks {
		if p.Text != "" {
			p.Text += "\n\n"
		}
		b.Start = len(p.Text)
		p.Text += b.Text
		b.End, b.Text = len(p.Text), ""
		p.Blocks = append(p.Blocks, b)
	}
	return p
}

func para(text string) docent.Block { return docent.Block{Kind: docent.BlockParagraph, Text: text} }
func list(text string) docent.Block { return docent.Block{Kind: docent.BlockList, Text: text} }
func note(text string) docent.Block { return docent.Block{Kind: docent.BlockAdmonition, Text: text} }
func table(text string) docent.Block {
	return docent.Block{Kind: docent.BlockTable, Text: text}
}
func code(text string) docent.Block {
	return docent.Block{Kind: docent.BlockCode, Text: "```sh\n" + text + "\n```"}
}

// kiln is a small manual of a made-up program.
func kiln() []docent.Passage {
	passages := number([]docent.Passage{
		passage("Install", "Install Kiln", 0.8,
			para("Kiln runs on Linux and macOS. It needs nothing but a terminal."),
			para("Install Kiln with the package manager:"),
			code("pkg add kiln"),
			para("The package brings the manual page along. See Upgrading Kiln.")),
		passage("Server", "Flags", 0.7,
			para("These flags change how the server listens."),
			table("| Flag | Default | Meaning |\n| --- | --- | --- |\n| `--port` | `7070` | where it listens |\n| `--host` | `::1` | the address |\n| `--quiet` | off | fewer lines |\n| `--color` | auto | colours in lines |")),
		passage("Errors", "K42: glaze missing", 0.6,
			para("The firing plan names a glaze that no shelf holds. Add the glaze to a shelf, or correct its name in the plan. Firing does not start before that."),
			note("Warning: a missing glaze is never replaced by another.")),
		passage("Firing", "Fire a batch", 0.6,
			para("A batch is fired in four steps:"),
			list("1. Load the shelf."),
			code("kiln load shelf.yaml"),
			list("2. Check the plan.\n3. Close the door.\n4. Start the batch."),
			para("The display shows the temperature while the batch is fired.")),
		passage("Clay", "Kinds of clay", 0.4,
			para("Earthenware matures below 1150 degrees. Stoneware needs more heat. Porcelain is the whitest clay and shrinks most, which is why thin walls crack when they dry too fast. Keep porcelain under a cloth for a day. Nobody should fire wet clay at all. Clay that was frozen must be kneaded again before it is used for anything."),
			list("- earthenware: red and porous\n- stoneware: dense and grey\n- porcelain: white and hard")),
		passage("Cooling", "Cool down", 0.4,
			para("The door opens below 80 degrees. Cooling takes a night.")),
	})
	passages[0].Links = []docent.Link{{Text: "Upgrading Kiln", URL: "/docs/kiln/upgrade"}}
	return passages
}

func TestExtract(t *testing.T) {
	tests := []struct {
		rule, question string
		want           string // the whole answer; "" where only the parts below are checked
		has, hasNot    []string
	}{
		{
			rule:     "installing is shown as the command with its sentence",
			question: "How do I install Kiln?",
			has:      []string{"Install Kiln with the package manager: [1]\n\n```sh\npkg add kiln\n```"},
			hasNot:   []string{"See Upgrading"},
		},
		{
			rule:     "a default is the table's row with its header",
			question: "What is the default port?",
			want:     "**Flags** [2]\n\n| Flag | Default | Meaning |\n| --- | --- | --- |\n| `--port` | `7070` | where it listens |",
		},
		{
			rule:     "an error is what its section says first, with its warning",
			question: "What does error K42 mean?",
			want: "**K42: glaze missing**\n\nThe firing plan names a glaze that no shelf holds. Add the glaze to a shelf, or correct its name in the plan. " +
				"Firing does not start before that. [3]\n\nWarning: a missing glaze is never replaced by another. [3]",
		},
		{
			rule:     "steps stay whole with the code between them",
			question: "How do I fire a batch?",
			has:      []string{"A batch is fired in four steps:\n\n1. Load the shelf.", "```sh\nkiln load shelf.yaml\n```\n\n2. Check the plan.\n3. Close the door.\n4. Start the batch. [4]"},
		},
		{
			rule:     "a long paragraph is cut to neighbouring sentences",
			question: "why do thin porcelain walls crack",
			has:      []string{"Porcelain is the whitest clay and shrinks most, which is why thin walls crack when they dry too fast."},
			hasNot:   []string{"Clay that was frozen"},
		},
		{
			rule:     "a second section follows for what the first leaves out",
			question: "What does K42 mean and when does the door open?",
			has:      []string{"**K42: glaze missing**\n\nThe firing plan names a glaze", "**Cool down**\n\nThe door opens below 80 degrees. Cooling takes a night. [6]"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			got, ok := Answer(tt.question, "en", kiln())
			if !ok {
				t.Fatal("nothing fits")
			}
			if tt.want != "" && got != tt.want {
				t.Errorf("got:\n%s\n\nwant:\n%s", got, tt.want)
			}
			for _, part := range tt.has {
				if !strings.Contains(got, part) {
					t.Errorf("got:\n%s\n\nit lacks:\n%s", got, part)
				}
			}
			for _, part := range tt.hasNot {
				if strings.Contains(got, part) {
					t.Errorf("got:\n%s\n\nit should not have:\n%s", got, part)
				}
			}
			checkExtract(t, tt.question, got, kiln())
		})
	}
}

func TestExtractRefusesWhatDoesNotFit(t *testing.T) {
	for _, question := range []string{"How do I bake sourdough bread?", "", "???"} {
		if got, ok := Answer(question, "en", kiln()); ok {
			t.Errorf("%q: %q", question, got)
		}
	}
	if got, ok := Answer("anything", "en", nil); ok {
		t.Errorf("without passages: %q", got)
	}
}

func TestBracketsOfADocumentAreNoCitations(t *testing.T) {
	passages := number([]docent.Passage{
		passage("Arrays", "Read arrays", 1,
			para("Arrays begin at [0] and the array's second value is [1]."),
			para("Read arrays with `get[1]` or with the pipe.")),
	})
	got, ok := Answer("how do I read arrays", "en", passages)
	if want := "\\[0] and the array's second value is \\[1]. [1]\n\nRead arrays with `get[1]` or with the pipe. [1]"; !ok || !strings.HasSuffix(got, want) {
		t.Errorf("got %q, want at its end %q", got, want)
	}
	checkExtract(t, "how do I read arrays", got, passages)
}

// gadget is a page whose two sections say the opposite.
func gadget(enable, disable string) []docent.Passage {
	return number([]docent.Passage{
		passage("Gadget", "Enable the gizmo", 1, para(enable)),
		passage("Gadget", "Disable the gizmo", 0.9, para(disable)),
	})
}

func TestTheOppositeIsNoAnswer(t *testing.T) {
	const disable = "To disable the gizmo, set `gizmo: false`."
	tests := []struct{ question, enable, want string }{
		{"How do I enable the gizmo?", "To enable the gizmo, put item [1] into the slot.", "To enable the gizmo, put item \\[1] into the slot. [1]"},
		{"How do I enable the gizmo?", "To enable the gizmo, set the option to true", "To enable the gizmo, set the option to true [1]"},
		{"How do I enable the gizmo?", "To enable the gizmo, see <https://example.com/gizmo>", "To enable the gizmo, see <https://example.com/gizmo> [1]"},
		{"How do I enable the gizmo?", "To enable the gizmo, put item 【1】 into the slot.", ""},
		{"How do I disable the gizmo?", "To enable the gizmo, put it into the slot.", "To disable the gizmo, set `gizmo: false`. [2]"},
	}
	for _, tt := range tests {
		got, ok := Answer(tt.question, "en", gadget(tt.enable, disable))
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s %s: got %q, want %q", tt.question, tt.enable, got, tt.want)
		}
	}
}

func TestSentencesThatCantBeQuotedLeaveTheOthers(t *testing.T) {
	passages := number([]docent.Passage{passage("Gizmo", "Polish the gizmo", 1,
		para("Polish the gizmo with a cloth. As 【1】 says, gizmo wax is better. A polished gizmo lasts longer."),
		list("- gizmo wax: for wood\n- gizmo oil 【2】: for stone"))})
	got, _ := Answer("How do I polish the gizmo?", "en", passages)
	checkExtract(t, "", got, passages)
	for _, want := range []string{"with a cloth. [1]", "A polished gizmo lasts longer. [1]", "- gizmo wax: for wood [1]"} {
		if !strings.Contains(got, want) {
			t.Errorf("got:\n%s\n\nit lacks %q", got, want)
		}
	}
	if strings.Contains(got, "【") {
		t.Errorf("got:\n%s", got)
	}
}

func TestWhatSomethingIsIsItsDefinition(t *testing.T) {
	passages := number([]docent.Passage{
		passage("Valves", "Test a valve", 1, para("Every valve is tested twice. The valve must hold for a minute, and a second valve beside it, too.")),
		passage("Parts", "Lid", 0.95, para("The valve of the lid is red.")),
		passage("Parts", "Valve", 0.9, para("A *valve* lets steam out of the kiln. It opens by itself.")),
	})
	for _, question := range []string{"What is a valve?", "what's a valve", "What are valves?"} {
		if got, _ := Answer(question, "en", passages); !strings.HasPrefix(got, "A *valve* lets steam out of the kiln.") {
			t.Errorf("%s:\n%s", question, got)
		}
	}
}

func TestQuestionsForAPlaceAndASize(t *testing.T) {
	passages := number([]docent.Passage{
		passage("Widget", "What the widget stores", 1, para("The widget sends the question. A conversation lasts as long as the page is open: the widget stores nothing.")),
		passage("Settings", "General", 0.9, table("| Key | Meaning |\n| --- | --- |\n| `level` | how much is logged |\n| `db` | Where conversations are stored: a path. |\n| `name` | the site's |")),
		passage("Reading", "Files", 0.8, para("A file is read once. Files in hidden folders are skipped."), para("A file larger than the limit is skipped.")),
	})
	if got, _ := Answer("Where are conversations stored?", "en", passages); !strings.Contains(got, "Where conversations are stored: a path.") {
		t.Errorf("got:\n%s", got)
	}
	if got, _ := Answer("How big may a file be?", "en", passages); !strings.Contains(got, "A file larger than the limit") {
		t.Errorf("got:\n%s", got)
	}
}

func TestSentencesThatLeanOnOthersBringThem(t *testing.T) {
	with := number([]docent.Passage{passage("Build", "Build the kiln", 1,
		para("Run this:"), code("go build ./kiln"), para("`make kiln` does the same."))})
	if got, _ := Answer("make kiln", "en", with); !strings.Contains(got, "Run this: [1]\n\n```sh\ngo build ./kiln\n```") {
		t.Errorf("got:\n%s", got)
	}
	without := number([]docent.Passage{passage("Build", "Build the kiln", 1, para("`make kiln` does the same. The kiln is then in the folder bin."))})
	if got, _ := Answer("make kiln", "en", without); strings.Contains(got, "does the same") || !strings.Contains(got, "The kiln is then") {
		t.Errorf("got:\n%s", got)
	}
}

func TestStepsBeginWithTheFirst(t *testing.T) {
	long := strings.Repeat(" Turn the pot a little further than before, and look at it from every side.", 9)
	passages := number([]docent.Passage{passage("Firing", "Fire a batch", 1,
		list("1. Load the shelf."+long), code("kiln load"), list("2. Glaze the batch."+long), code("kiln glaze"), list("3. Start the batch."+long))})
	got, _ := Answer("How do I glaze the batch?", "en", passages)
	if !strings.Contains(got, "1. Load the shelf.") || strings.Contains(got, "3. Start") {
		t.Errorf("got:\n%s", got)
	}
	got, ok := Answer("How do I glaze the batch?", "en", number([]docent.Passage{passage("Firing", "Fire a batch", 1, list("2. Glaze the batch.\n3. Start the batch."))}))
	if ok {
		t.Errorf("steps without their first one:\n%s", got)
	}
}

func TestExtractSaysNothingTwice(t *testing.T) {
	same := para("The door opens below 80 degrees.")
	passages := number([]docent.Passage{
		passage("Cooling", "Door", 1, same),
		passage("Safety", "Door and gloves", 0.9, same, para("Gloves lie beside the door.")),
	})
	got, _ := Answer("When does the door open and where are the gloves?", "en", passages)
	if strings.Count(got, "The door opens") != 1 || !strings.Contains(got, "Gloves lie beside the door. [2]") {
		t.Errorf("got:\n%s", got)
	}
}

func TestExtractCutsLongLists(t *testing.T) {
	points, steps := "- glazing: use a brush", "1. Wash the glazing brush."
	for i := range 30 {
		points += fmt.Sprintf("\n- point %d: something else that fills the line", i)
		steps += fmt.Sprintf("\n%d. Turn the pot a little further than before.", i+2)
	}
	got, _ := Answer("glazing brush", "en", number([]docent.Passage{passage("Tools", "Brushes", 1, list(points))}))
	if !strings.Contains(got, "- glazing: use a brush") || strings.Count(got, "\n- ") > itemsAtMost {
		t.Errorf("of points not only those that match:\n%s", got)
	}
	got, _ = Answer("glazing brush", "en", number([]docent.Passage{passage("Tools", "Brushes", 1, list(steps))}))
	if !strings.Contains(got, "1. Wash") || !strings.Contains(got, "\n5. Turn") || strings.Contains(got, "\n31. ") {
		t.Errorf("of steps not the first ones:\n%s", got)
	}
}

func TestExtractIsReproducible(t *testing.T) {
	question := "How do I install Kiln, fire a batch and cool it down?"
	first, _ := Answer(question, "en", kiln())
	for range 20 {
		if again, _ := Answer(question, "en", kiln()); again != first {
			t.Fatalf("got:\n%s\n\nand then:\n%s", first, again)
		}
	}
}

// checkExtract holds what is true of every extractive answer.
func checkExtract(t *testing.T, question, text string, passages []docent.Passage) {
	t.Helper()
	shown, cited := chat.Filtered(text)
	if shown != text {
		t.Errorf("%q: the filter changes the answer:\n%s\n\nto:\n%s", question, text, shown)
	}
	if len(cited) == 0 || slices.Min(cited) < 1 || slices.Max(cited) > len(passages) {
		t.Errorf("%q: %v is cited:\n%s", question, cited, text)
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		for _, n := range cited {
			line = strings.TrimSuffix(strings.TrimSuffix(line, chat.CiteMarker(n)), " ")
		}
		if !stands(line, passages) {
			t.Errorf("%q: no passage has the line %q", question, line)
		}
	}
}

// stands reports whether a line is in a passage, or is a heading of one.
func stands(line string, passages []docent.Passage) bool {
	for _, p := range passages {
		if strings.Contains(p.Text, strings.ReplaceAll(line, `\[`, "[")) || line == headingLine(p.Heading()) {
			return true
		}
	}
	return false
}

func FuzzExtract(f *testing.F) {
	f.Add("How do I install it?", "Install it: now.", "```sh\nrun [1]\n```", "1. one\n2. two [2]\n   ```\n", "| a | b |\n| --- | --- |\n| c | `d")
	f.Add("port", "The port `is [1]. It ` has [2]", "~~~\nport\n", "- port\n\n  - [port](x)\n", "| port |\n")
	f.Add("ポート", "ポートは8000です。[3]それだけ。", "", "port", "> port\n> ```\n> port")
	f.Fuzz(func(t *testing.T, question, a, b, c, d string) {
		passages := number([]docent.Passage{
			passage("Title", a, 1, para(a), docent.Block{Kind: docent.BlockCode, Text: b}, list(c), table(d)),
			passage("Other", question, 0.5, note(d), list(b), para(c), docent.Block{Kind: docent.BlockQuote, Text: a}),
			{Chunk: docent.Chunk{Text: a + "\n\n" + b, Blocks: []docent.Block{{Kind: docent.BlockList, Start: -1, End: 3}, {Start: 2, End: 1 << 20}}}},
		})
		text, ok := Answer(question, "en", passages)
		if !ok {
			return
		}
		checkExtract(t, question, text, passages)
	})
}

func TestWhatAnnouncesNothingLeavesTheRest(t *testing.T) {
	passages := number([]docent.Passage{passage("Glaze", "Glaze moves", 1,
		para("Brush the glaze on slowly."), code("kiln glaze --slow"), para("Now the glaze runs smoothly into the corners, as this picture shows:"))})
	if got, _ := Answer("glaze runs smoothly into corners", "en", passages); !strings.Contains(got, "Brush the glaze on slowly. [1]") || strings.Contains(got, "picture") {
		t.Errorf("got:\n%s", got)
	}
	links := passage("Errors", "Codes", 1, para("In production these get a short code:"), list("- `onError`\n- `onWarning`"))
	links.Links = []docent.Link{{Text: "onError", URL: "/a"}, {Text: "onWarning", URL: "/b"}}
	if got, _ := Answer("short code in production", "en", number([]docent.Passage{links})); got != "In production these get a short code:\n\n- `onError`\n- `onWarning` [1]" {
		t.Errorf("a list that is announced:\n%s", got)
	}
}
