package analysis

import "testing"

func TestALanguageIsToldByItsStopWords(t *testing.T) {
	for text, want := range map[string]string{
		"The server listens on port 8000 unless it is told otherwise.":      "en",
		"Der Server lauscht auf Port 8000, wenn nichts anderes gesagt ist.": "de",
		"Le serveur écoute sur le port 8000, sauf si vous le changez.":      "fr",
		"El servidor escucha en el puerto 8000 si no se dice otra cosa.":    "es",
		"サーバーはポート8000で待ち受けます。":                                              "ja",
		"服务器默认监听端口。":                                                        "zh",
		"서버는 포트에서 수신합니다":                                                    "ko",
		"`docent serve --port 8000`":                                        "",
		"PORT":                                                              "",
		"":                                                                  "",
	} {
		if got := Speaks(text); got != want {
			t.Errorf("%q speaks %q, want %q", text, got, want)
		}
	}
}

func TestStopWordsAreTheLanguagesOwn(t *testing.T) {
	for _, c := range []struct {
		word, lang string
		want       bool
	}{{"the", "en", true}, {"the", "", true}, {"the", "de", false}, {"der", "de-at", true}, {"port", "en", false}, {"the", "xx", false}} {
		if got := IsStop(c.word, c.lang); got != c.want {
			t.Errorf("%q in %q: %v", c.word, c.lang, got)
		}
	}
}
