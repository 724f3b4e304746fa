package analysis

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
		if got := LanguageOf(text); got != want {
			t.Errorf("%q is told as %q, want %q", text, got, want)
		}
	}
}

func FuzzTheLanguageOfAnyTextIsAnswered(f *testing.F) {
	for _, seed := range []string{"", "`", "Wie ändere ich den Port?", "\xff\xfe", "a'b’c", "ポート", "--x=1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if lang := LanguageOf(text); lang != "" && len(lang) != 2 {
			t.Errorf("%q is told as %q", text, lang)
		}
	})
}
