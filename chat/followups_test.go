package chat

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func TestAHeadingThatIsAQuestionOrATaskBecomesAQuestion(t *testing.T) {
	for heading, want := range map[string]string{
		"Change the port":                      "How do I change the port?",
		"Changing the port":                    "How do I change the port?",
		"Running in a container":               "How do I run in a container?",
		"Using HTTPS":                          "How do I use HTTPS?",
		"How to add a source":                  "How do I add a source?",
		"3. Install on Linux":                  "How do I install on Linux?",
		"What happens when the model is down?": "What happens when the model is down?",
		"Wie ändere ich den Port?":             "Wie ändere ich den Port?",
		"端口怎么改？":                               "端口怎么改？",
		"Why?":                                 "",
		"Turn it off":                          "",
		"Install":                              "",
		"Configuration":                        "",
		"String formatting":                    "",
		"Den Port ändern":                      "",
		"The port":                             "",
		"":                                     "",
		strings.Repeat("Change the port ", 9):  "",
	} {
		if got := asQuestion(heading); got != want {
			t.Errorf("%q became %q, want %q", heading, got, want)
		}
	}
}

func TestFollowUpsAreOfWhatIsNotCitedThePagesThatAreFirst(t *testing.T) {
	var sources []docent.Source
	for i, s := range [][2]string{
		{"/a#port", "Change the port"}, {"/b#tls", "Enable TLS"}, {"/b#tls2", "Enabling TLS"}, {"/a#host", "Change the host"},
		{"/c#x", "Reference"}, {"/c#log", "Read the log"}, {"/d#more", "Set a limit"},
	} {
		sources = append(sources, docent.Source{N: i + 1, URL: s[0], Heading: s[1]})
	}
	cited := []docent.Citation{{N: 1, URL: "/a#port"}}
	for most, want := range map[int][]string{
		0: {}, 1: {"How do I change the host?"},
		3: {"How do I change the host?", "How do I enable TLS?", "How do I set a limit?"},
	} {
		got := followups("how do i read the log", "en", sources, cited, most)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d (-want +got):\n%s", most, diff)
		}
	}
}

func TestFollowUpsComeBeforeDoneAndNotWithARefusal(t *testing.T) {
	p := installPassages()
	p[0].Headings, p[1].Headings = []string{"Install on Linux"}, []string{"Install on Windows"}
	c := testConfig()
	c.Answer.Followups = 3
	for name, tt := range map[string]struct {
		found docent.Found
		model Model
		want  string // the questions
	}{
		"a model":       {docent.Found{Passages: p, Answerable: .9}, &scripted{deltas: []string{"So [1]."}}, "How do I install on Windows?"},
		"no model":      {docent.Found{Passages: p, Answerable: .9}, nil, "How do I install on Windows?"},
		"a refusal":     {docent.Found{Passages: p, Refuse: true}, nil, ""},
		"a model's own": {docent.Found{Passages: p, Answerable: .9}, &scripted{deltas: []string{"NO-ANSWER"}}, ""},
		"a failure":     {docent.Found{Passages: p, Answerable: .9}, &scripted{deltas: []string{"So"}, err: docent.Errorf(docent.CodeModelCut, "cut")}, ""},
	} {
		_, events := ask(t, service(t, c, newMemory(), finds(tt.found), tt.model), docent.Ask{Message: "How do I install it on Linux?"})
		got, before := "", events[len(events)-2]
		if before.Name == docent.EventFollowups {
			got = strings.Join(decode[docent.FollowupsData](t, before).Questions, "|")
		}
		if got != tt.want || strings.Count(names(events), "followups") > 1 {
			t.Errorf("%s: %q, events %s", name, got, names(events))
		}
	}
}

func TestFollowUpsAreInTheReadersLanguage(t *testing.T) {
	sources := []docent.Source{{N: 1, Heading: "Ask in the terminal", URL: "/a#1"}, {N: 2, Heading: "Wie ändere ich den Port?", URL: "/a#2"}}
	for lang, want := range map[string][]string{
		"en": {"How do I ask in the terminal?"}, "en-GB": {"How do I ask in the terminal?"}, "de": {"Wie ändere ich den Port?"}, "fr": nil,
		"": {"How do I ask in the terminal?", "Wie ändere ich den Port?"},
	} {
		if got := followups("x", lang, sources, nil, 3); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", lang, got, want)
		}
	}
}
