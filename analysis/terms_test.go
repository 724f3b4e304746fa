package analysis

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestTerms(t *testing.T) {
	tests := map[string]struct {
		text, lang string
		want       string // blanks between terms
	}{
		"words are stemmed":                     {"Installing installed installs", "", "instal instal instal"},
		"stop words stay":                       {"How do I install it?", "en", "how do i instal it"},
		"flags are whole, bare and in parts":    {"--log.level=debug", "", "--log.level log.level log level debug"},
		"environment variables":                 {"$OPENAI_API_KEY", "", "$openai_api_key openai_api_key openai api key"},
		"paths keep their file":                 {"docs/guide/config.yaml", "", "docs/guide/config.yaml doc guid config.yaml config yaml"},
		"relative paths lose their dots":        {"../src/main.go ./run", "", "src/main.go src main.go main go run"},
		"dotfiles":                              {".env", "", ".env env"},
		"home":                                  {"~/.ssh", "", "ssh"},
		"snake case is not stemmed as a whole":  {"max_retries", "", "max_retries max retri"},
		"camel case":                            {"getElementById", "", "getelementbyid get element by id"},
		"acronym before a word":                 {"HTTPServer", "", "httpserver http server"},
		"plural of an acronym":                  {"URLs", "", "url"},
		"names in camel case are one word":      {"TypeScript GitHub", "", "typescript github"},
		"outer parts stay whole":                {"process.env.NODE_ENV", "", "process.env.node_env process env node_env node env"},
		"number at the end":                     {"http2 v3", "", "http2 http 2 v3 3"},
		"versions":                              {"v1.2.3 2.0.0-rc.1 3.11", "", "v1.2.3 1.2.3 1.2 2.0.0-rc.1 2.0.0 2.0 3.11"},
		"packages with scope and version":       {"@types/node@18.1.0", "", "@types/node@18.1.0 types/node@18.1.0 type node 18.1.0 18.1"},
		"error codes":                           {"ERR_REFUSED E1234 0x80070005", "", "err_refused err refus e1234 0x80070005"},
		"host and port":                         {"127.0.0.1:8000", "", "127.0.0.1:8000 127.0.0.1 127.0 8000"},
		"languages with signs":                  {"C++ and C#.", "", "c++ c and c# c"},
		"closed compounds":                      {"UTF-8 e-mail", "", "utf-8 utf8 utf 8 e-mail email mail"},
		"dunder":                                {"__init__ _emphasised_", "", "__init__ init emphasis"},
		"apostrophes":                           {"don't the user’s", "", "dont the user"},
		"French articles":                       {"l’installation d'un serveur", "fr", "install d un serveur"},
		"diacritics":                            {"naïve Größe Über", "de", "naiv gross uber"},
		"the Cyrillic yo":                       {"ёлка", "ru", "елк"},
		"German is stemmed as German":           {"Häuser", "de", "haus"},
		"regions share a language":              {"Häuser", "de-AT", "haus"},
		"unknown languages are left":            {"running", "xx", "running"},
		"unspaced scripts become bigrams":       {"日本語の検索", "ja", "日本 本語 語の の検 検索"},
		"one character alone":                   {"鍵 v1", "ja", "鍵 v1 1"},
		"mixed scripts":                         {"Kubernetesの設定", "ja", "kubernet の設 設定"},
		"full width":                            {"Ｄｏｃｋｅｒ", "ja", "docker"},
		"punctuation alone is nothing":          {"--- ... # /// _ '", "", ""},
		"assignments and calls are two":         {"key=value f(x)", "", "key valu f x"},
		"the end of a sentence is no extension": {"See config.yaml.", "", "see config.yaml config yaml"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(strings.Fields(tt.want), append([]string{}, Terms(tt.text, tt.lang)...)); diff != "" {
				t.Errorf("Terms(%q, %q) (-want +got):\n%s", tt.text, tt.lang, diff)
			}
		})
	}
}

func TestQueryTermsDropWhatAQuestionIsPutWith(t *testing.T) {
	tests := map[string][]string{
		"How do I install it?":               {"instal"},
		"What is the capital of France?":     {"capit", "franc"},
		"install Install INSTALL":            {"instal"},
		"what is it?":                        {"what", "is", "it"}, // nothing else is there
		"how can I use --no-cache":           {"--no-cache", "no-cache", "nocache", "no", "cach"},
		"?!":                                 nil,
		strings.Repeat("a1 b2 c3 d4 ", 1000): {"a1", "b2", "c3", "d4"},
	}
	for question, want := range tests {
		if diff := cmp.Diff(want, QueryTerms(question, "")); diff != "" {
			t.Errorf("QueryTerms(%.40q) (-want +got):\n%s", question, diff)
		}
	}
}

func TestQueryTermsByLanguage(t *testing.T) {
	tests := []struct{ lang, question, want string }{
		{"de", "Wie kann ich das Passwort ändern?", "passwort and"},
		{"fr", "Comment est-ce que je change le mot de passe ?", "est-ce-que"},
		{"es", "¿Cómo cambio la contraseña?", "cambi contrasen"},
		{"pt-br", "Como eu altero a senha?", "alter senh"},
		{"ru", "Как изменить пароль?", "измен парол"},
	}
	for _, tt := range tests {
		got := strings.Join(QueryTerms(tt.question, tt.lang), " ")
		if tt.lang == "fr" {
			if !strings.HasSuffix(got, "chang mot pass") {
				t.Errorf("%s: %q", tt.lang, got)
			}
			continue
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.lang, got, tt.want)
		}
	}
}

func TestFormsOfAWordAreOneTermInItsLanguage(t *testing.T) {
	for lang, forms := range map[string]string{
		"en": "install installs installed installing", "de": "Häuser Haus Hauses", "fr": "changer changé changes", "es": "cambiar cambios cambia",
		"it": "cambiare cambiato cambi", "pt": "alterar alterado altera", "nl": "boek boeken", "da": "hus huset husene", "fi": "talo talossa talot",
		"hu": "ház házak házban", "nb": "hus huset husene", "nn": "hus huset", "no": "hus huset", "ro": "caselor casele", "ru": "пароль пароля паролем",
		"sv": "hästar hästarna", "tr": "evler evlerde", "ar": "كتاب الكتاب", "ta": "கணினிகள் கணினி",
	} {
		terms := map[string]bool{}
		for _, form := range strings.Fields(forms) {
			terms[strings.Join(Terms(form, lang), " ")] = true
		}
		if len(terms) != 1 {
			t.Errorf("%s: %q become %v", lang, forms, terms)
		}
	}
}

func TestQueryTermsAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 1000 {
		b.WriteString(strings.Repeat("x", i%50+1) + "y ")
	}
	if n := len(QueryTerms(b.String(), "")); n != maxQueryTerms {
		t.Errorf("%d terms, want %d", n, maxQueryTerms)
	}
}

func TestQueryWordsKeepAnIdentifierTogether(t *testing.T) {
	want := []Word{{"set"}, {"chunk_tokens", "chunk", "token"}}
	if diff := cmp.Diff(want, QueryWords("how do I set chunk_tokens?", "")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLongWords(t *testing.T) {
	hash := strings.Repeat("0123456789abcdef", 5)
	if got := Terms(hash, ""); len(got) != 1 || got[0] != hash[:MaxTermBytes] {
		t.Errorf("a long word gives %q, want its beginning", got)
	}
	url := "https://example.com/" + strings.Repeat("part/", 20)
	for _, term := range Terms(url, "") {
		if strings.HasPrefix(term, "https:") {
			t.Errorf("a long identifier gives itself: %q", term)
		}
	}
}

// FuzzTerms holds what stores build on: terms are short, of known characters,
// the same each time, and every term of a question is one of its text.
func FuzzTerms(f *testing.F) {
	for _, s := range []string{
		"How do I set --log.level?", "v1.2.3-rc.1+b C++ 'tis l'été don't", "日本語 ｶﾞ ﷺ ŉ ﬁ İstanbul ΣΊΣΥΦΟΣ", "a\xffb\x00c", "____ --x-- ::a::b", "㈀ ㍿",
		"e\u0301\u0301 क्षि \u200dx", "HTTPServer2X9 URLs aB cD1234567", strings.Repeat("xY.", 90),
	} {
		f.Add(s, "en")
		f.Add(s, "de")
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, text, lang string) {
		terms := Terms(text, lang)
		for _, term := range terms {
			if term == "" || len(term) > MaxTermBytes || !utf8.ValidString(term) {
				t.Fatalf("%q of %q", term, text)
			}
			for _, r := range term {
				if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune(joiners, r) {
					t.Fatalf("%q has %q", term, r)
				}
			}
		}
		if again := Terms(text, lang); !slices.Equal(terms, again) {
			t.Fatalf("%q, then %q", terms, again)
		}
		for _, q := range QueryTerms(text, lang) {
			if !slices.Contains(terms, q) {
				t.Fatalf("the question has %q, the text %q", q, terms)
			}
		}
	})
}

// FuzzPlain holds that plain words are analysed as every other run would be.
func FuzzPlain(f *testing.F) {
	for _, word := range []string{"a", "I", "v", "V", "s", "The", "javascript", "Javascript", "running", "skies", "versions", "x", "theirs", "Windows"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, text string) {
		eachRun(text, func(run string, unspaced bool) {
			if unspaced || !isPlain(run) {
				return
			}
			for lang := range languages {
				a := borrow(lang)
				plain, divided := a.plain(run), a.divided(run)
				if !slices.Equal(plain, divided) {
					t.Errorf("%q in %q becomes %v, and divided %v", run, lang, plain, divided)
				}
				for _, token := range plain {
					if token.term[0] != run[0]|0x20 {
						t.Errorf("%q in %q becomes %q, which Find passes over", run, lang, token.term)
					}
				}
				a.giveBack()
			}
		})
	})
}
