package retrieval

import (
	"context"
	"testing"

	"docent"
	"docent/embedding"
)

func TestAQuestionInAnotherLanguageFindsWhatBothShare(t *testing.T) {
	s := New(ingested(t, "../docs-sample"), standard(), WithEmbed(embedding.Builtin().Query), WithBuiltin())
	for _, tt := range []struct {
		question string
		refused  bool
	}{
		{"Wie ändere ich den Port?", false},
		{"Comment changer le port ?", false},
		{"¿Cómo cambio el puerto de docent serve?", false},
		{"Come si configura ALLOWED_ORIGINS?", false},
		{"ポートは --port で変更できますか？", false},
		{"如何设置 OPENAI_API_KEY？", false},
		{"Как изменить HOST и PORT?", false},
		{"Hoe stel ik een webhook in voor het widget?", false},
		{"Welche Farbe hat das Widget?", false},
		{"Wie lange gilt ein Token?", false},
		{"und wie schalte ich streaming ab?", false},
		{"Warum ist der Himmel blau?", true},
		{"Quelle est la capitale de la France ?", true},
		{"¿Cuál es la capital de Francia?", true},
		{"天气怎么样？", true},
		{"今日の天気は？", true},
		{"Какая сегодня погода?", true},
	} {
		found, err := s.Search(t.Context(), docent.Query{Site: docent.DefaultSite, Text: tt.question})
		if err != nil {
			t.Fatal(err)
		}
		if found.Refuse != tt.refused {
			top := ""
			if len(found.Passages) > 0 {
				top = found.Passages[0].URL
			}
			t.Errorf("%q: refused %v (%.2f), first %s", tt.question, found.Refuse, found.Answerable, top)
		}
	}
}

func TestAQuestionInAnotherLanguageThatVectorsOfAServerFindIsNotRefused(t *testing.T) {
	english := func(ctx context.Context, _ string) ([]float32, error) { // what a model that knows both makes of it
		return embedding.Builtin().Query(ctx, "How do I turn off the limit of requests?")
	}
	s := New(ingested(t, "../docs-sample"), standard(), WithEmbed(english))
	found, err := s.Search(t.Context(), docent.Query{Site: docent.DefaultSite, Text: "Wie schalte ich die Begrenzung der Anfragen ab?"})
	if err != nil || found.Refuse || len(found.Passages) == 0 {
		t.Errorf("refused %v, %d passages, %v", found.Refuse, len(found.Passages), err)
	}
}
