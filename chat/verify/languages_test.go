package verify

import (
	"testing"

	"docent"
)

// TestInAnotherLanguageOnlyNamesNumbersAndCodeAreChecked holds sentences in
// three languages against an English passage.
func TestInAnotherLanguageOnlyNamesNumbersAndCodeAreChecked(t *testing.T) {
	passage := docent.Passage{N: 1, Chunk: docent.Chunk{
		Unit: docent.Unit{Lang: "en"}, Title: "Serving", Headings: []string{"The port"},
		Text: "The server listens on port 8000 unless it is told otherwise by `docent serve --port`. Requests are limited to 60 a minute.",
	}}
	for _, tt := range []struct {
		question, sentence string
		want               docent.Support
	}{
		{"Wie ändere ich den Port?", "Der Server lauscht auf Port 8000, wenn `docent serve --port` nichts anderes sagt [1].", docent.Unchecked},
		{"Wie ändere ich den Port?", "Der Server lauscht auf Port 9000, wenn nichts anderes gesagt ist [1].", docent.Unsupported},
		{"Wie ändere ich den Port?", "Der Port wird mit `docent serve --listen` geändert, wenn er belegt ist [1].", docent.Unsupported},
		{"Comment changer le port ?", "Le serveur écoute sur le port 8000, sauf si vous le changez avec `--port` [1].", docent.Unchecked},
		{"Comment changer le port ?", "Le serveur écoute sur le port 8080, sauf si vous le changez [1].", docent.Unsupported},
		{"Comment changer le port ?", "Vous pouvez le changer dans le fichier server.toml, si vous voulez [1].", docent.Unsupported},
		{"¿Cuántas solicitudes se permiten?", "El límite es de 60 solicitudes por minuto para cada uno [1].", docent.Unchecked},
		{"¿Cuántas solicitudes se permiten?", "El límite es de 600 solicitudes por minuto para cada uno [1].", docent.Unsupported},
		{"¿Cómo cambio el puerto?", "El puerto se cambia con `docent serve --puerto` cuando el otro está en uso [1].", docent.Unsupported},
	} {
		judge := New(nil).Open(tt.question, []docent.Passage{passage})
		if got := judge(tt.sentence, []int{1}); got.State != tt.want {
			t.Errorf("%s: %+v, want %s", tt.sentence, got, tt.want)
		}
	}
}
