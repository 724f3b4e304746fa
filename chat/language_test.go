package chat

import "testing"

func TestAMessagesLanguageIsToldByItsScriptAndWords(t *testing.T) {
	for text, want := range map[string]string{
		"How do I change the port?":                                      "en",
		"change the port":                                                "en",
		"where is the index kept":                                        "en",
		"hi":                                                             "en",
		"Wie ändere ich den Port?":                                       "de",
		"Port ändern":                                                    "de",
		"Wo liegt die Konfiguration?":                                    "de",
		"was bedeutet exit code 3":                                       "de",
		"Wie lange gilt ein Token":                                       "de",
		"Comment changer le port ?":                                      "fr",
		"Où sont les fichiers de l'index ?":                              "fr",
		"c'est quoi un chunk":                                            "fr",
		"changer le port":                                                "fr",
		"¿Cómo cambio el puerto?":                                        "es",
		"dónde se guarda el índice":                                      "es",
		"Como mudo a porta do servidor?":                                 "pt",
		"Onde ficam os arquivos de configuração?":                        "pt",
		"Come cambio la porta?":                                          "it",
		"dove si trova il file di configurazione":                        "it",
		"Hoe verander ik de poort?":                                      "nl",
		"Waar staat het configuratiebestand?":                            "nl",
		"Как изменить порт?":                                             "ru",
		"Як змінити порт для її сервера?":                                "uk",
		"ポートを変更するには？":                                                    "ja",
		"docent serve のポートを変えたい":                                         "ja",
		"如何更改端口？":                                                        "zh",
		"怎么用 docker compose 运行 docent serve":                             "zh",
		"포트를 어떻게 변경하나요?":                                                 "ko",
		"What does プロキシ mean in the list of options?":                    "en",
		"Wie setze ich `docent serve --port` auf die 9000, the default?": "de",
		"chunk_tokens":                                                   "",
		"--dry-run":                                                      "",
		"docent serve":                                                   "",
		"listen tcp 127.0.0.1:8000":                                      "",
		"CORS":                                                           "",
		"OPENAI_API_KEY":                                                 "",
		"":                                                               "",
	} {
		if got := languageOf(text); got != want {
			t.Errorf("%q is told as %q, want %q", text, got, want)
		}
	}
}

func TestTheReadersLanguageIsTheMessagesThenEarlierOnesThenHints(t *testing.T) {
	for _, c := range []struct {
		name, message string
		earlier       []string
		hints         []string
		want          string
	}{
		{"the message's own beats hints", "Wie ändere ich den Port?", nil, []string{"fr", "en-us"}, "de"},
		{"an earlier one tells of what tells nothing", "chunk_tokens", []string{"CORS", "Comment changer le port ?"}, []string{"de"}, "fr"},
		{"the first hint that says any", "chunk_tokens", nil, []string{"", "de-at", "en"}, "de-at"},
		{"a hint knows the region", "Como mudo a porta do servidor?", nil, []string{"en", "pt-br"}, "pt-br"},
		{"nothing", "chunk_tokens", nil, nil, ""},
	} {
		if got := readersLanguage(c.message, c.earlier, c.hints...); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzTheLanguageOfAnyTextIsOneThatHasAName(f *testing.F) {
	for _, seed := range []string{"", "`", "Wie ändere ich den Port?", "\xff\xfe", "a'b’c", "ポート", "--x=1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if lang := languageOf(text); lang != "" && languageNames[lang] == "" {
			t.Errorf("%q is told as %q", text, lang)
		}
	})
}
