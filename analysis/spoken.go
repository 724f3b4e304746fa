package analysis

import (
	"strings"
	"unicode"
)

// spoken are the languages written in Latin letters that a message is told to
// be in by its words.
var spoken = []string{"en", "de", "fr", "es", "pt", "it", "nl"}

// Bounds of telling a language by words. A word counts 1 divided by the number
// of languages that have it.
const (
	minSpoken = 0.75 // from which a language is told
	minMargin = 1.4  // by which it leads the next one
)

// LanguageOf tells the language of a message, a BCP 47 base; "" where nothing in
// it does, as in names and code, or two languages are alike. Unlike Speaks, which
// is for texts, it also goes by single words that questions are made of.
func LanguageOf(message string) string {
	text := prose(message)
	counts := map[string]float64{}
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' }) {
		for _, part := range strings.FieldsFunc(w, func(r rune) bool { return r == '\'' || r == '’' }) {
			countWord(counts, part)
		}
	}
	best, second := "", ""
	for _, lang := range spoken {
		switch {
		case counts[lang] > counts[best]:
			best, second = lang, best
		case counts[lang] > counts[second]:
			second = lang
		}
	}
	if script := letterScript(text); script != "" && counts[best] < 2 {
		return script
	}
	if counts[best] < minSpoken || counts[best] < minMargin*counts[second] {
		return ""
	}
	return best
}

// countWord counts a word, in lower case, for the languages that have it.
func countWord(counts map[string]float64, word string) {
	var of []string
	for _, lang := range spoken {
		if telling[lang][word] || IsStop(word, lang) && len(word) > 1 {
			of = append(of, lang)
		}
	}
	for _, lang := range of {
		counts[lang] += 1 / float64(len(of))
	}
	for _, l := range tellingLetters {
		if strings.ContainsAny(word, l.letters) {
			counts[l.lang] += l.weight
		}
	}
}

// prose is a message without what is of no language: code in backticks,
// addresses, paths, flags and identifiers.
func prose(message string) string {
	parts := strings.Split(message, "`")
	var b strings.Builder
	for i, part := range parts {
		if i%2 == 1 && i < len(parts)-1 {
			continue
		}
		for _, word := range strings.Fields(part) {
			if !isNameLike(word) {
				b.WriteString(word)
				b.WriteByte(' ')
			}
		}
	}
	return b.String()
}

// wordMarks may stand around a word.
const wordMarks = ".,;:!?\"()[]{}<>„“”«»…¿¡*'’`"

// isNameLike reports whether a word, with the punctuation around it, is a name
// of a thing rather than of a language: it has digits, or joiners or capitals
// within.
func isNameLike(word string) bool {
	word = strings.Trim(word, wordMarks)
	if strings.ContainsAny(word, "0123456789_/\\=@#$~+.:") || strings.HasPrefix(word, "-") {
		return strings.IndexFunc(word, func(r rune) bool { return r > unicode.MaxLatin1 }) < 0
	}
	runes := []rune(word)
	for i := 1; i < len(runes); i++ {
		if unicode.IsUpper(runes[i]) && runes[i] <= unicode.MaxLatin1 {
			return true
		}
	}
	return false
}

// scripts tell languages by themselves, the more telling first.
var scripts = []struct {
	lang  string
	table *unicode.RangeTable
}{
	{"ja", unicode.Hiragana}, {"ja", unicode.Katakana}, {"ko", unicode.Hangul}, {"zh", unicode.Han}, {"ru", unicode.Cyrillic},
	{"el", unicode.Greek}, {"ar", unicode.Arabic}, {"he", unicode.Hebrew}, {"th", unicode.Thai}, {"hi", unicode.Devanagari},
}

// ukrainian letters are not in Russian.
const ukrainian = "іїєґІЇЄҐ"

// letterScript tells a language by its letters, "" by Latin ones.
func letterScript(text string) string {
	for _, s := range scripts {
		if strings.IndexFunc(text, func(r rune) bool { return unicode.Is(s.table, r) }) < 0 {
			continue
		}
		if s.lang == "ru" && strings.ContainsAny(text, ukrainian) {
			return "uk"
		}
		return s.lang
	}
	return ""
}

// Names gives the names and numbers in a message, in lower case and without the
// punctuation around them: flags, paths, identifiers.
func Names(message string) []string {
	var names []string
	for _, word := range strings.Fields(message) {
		if isNameLike(word) {
			names = append(names, strings.ToLower(strings.Trim(word, wordMarks)))
		}
	}
	return names
}

// tellingLetters are letters of few languages.
var tellingLetters = []struct {
	lang, letters string
	weight        float64
}{
	{"de", "ß", 1}, {"de", "äöü", 0.75}, {"es", "ñ", 1}, {"pt", "ãõ", 1}, {"fr", "êœèûî", 0.6},
	{"fr", "ç", 0.3}, {"pt", "ç", 0.4}, {"es", "íó", 0.3}, {"it", "ìò", 0.7}, {"nl", "ĳ", 1},
}

// telling are words that questions to a documentation are made of, beside the
// stop words of each language.
var telling = wordsOf(map[string]string{
	"en": `change configure install setup set up run start stop find show explain translate hello hi hey thank please work works error
		file files question answer help default possible get make add remove delete turn enable disable write update create`,
	"de": `ändern ändere änderst geändert installieren installiere konfigurieren konfiguriere einrichten einstellen einstellung einstellungen
		starten stoppen löschen lösche finden finde zeigen zeige erkläre übersetze hallo danke bitte datei dateien frage antwort hilfe
		abschalten ausschalten anschalten einschalten begrenzen verwenden benutzen nutzen funktioniert fehler geht läuft lege legen
		speichern lauscht heißt bedeutet guten tag wofür womit woher schlüssel verzeichnis seite seiten sprache`,
	"fr": `changer modifier installer configurer démarrer arrêter supprimer trouver montrer expliquer traduire bonjour salut merci fichier
		fichiers erreur réponse aide activer désactiver utiliser fonctionne marche limiter lancer ajouter définir mettre clé dossier
		peux puis sert signifie veut dire combien où chercher langue`,
	"es": `cambiar instalar configurar iniciar arrancar detener parar borrar eliminar encontrar mostrar explicar traducir hola gracias
		archivo archivos pregunta respuesta ayuda activar desactivar usar funciona añadir limitar buscar clave carpeta puerto cuál
		significa cuántos cuántas cambio instalo configuro idioma servidor`,
	"pt": `mudar alterar instalar configurar iniciar parar apagar excluir encontrar mostrar explicar traduzir olá oi obrigado obrigada
		arquivo arquivos ficheiro pergunta resposta ajuda ativar desativar usar funciona adicionar limitar chave pasta porta significa
		mudo instalo configuro altero quantos quantas idioma servidor`,
	"it": `cambiare modificare installare configurare avviare fermare cancellare eliminare trovare mostrare spiegare tradurre ciao grazie
		domanda risposta aiuto attivare disattivare usare funziona aggiungere limitare chiave cartella porta significa cambio installo
		configuro quanti quante lingua errore`,
	"nl": `wijzigen veranderen verander installeren installeer configureren configureer starten stoppen verwijderen vinden tonen uitleggen
		vertalen hallo bedankt dank bestand bestanden vraag antwoord hulp inschakelen uitschakelen gebruiken gebruik werkt toevoegen
		beperken sleutel poort betekent hoeveel instellen stel taal fout`,
})

func wordsOf(lists map[string]string) map[string]map[string]bool {
	out := make(map[string]map[string]bool, len(lists))
	for lang, list := range lists {
		out[lang] = map[string]bool{}
		for _, w := range strings.Fields(list) {
			out[lang][w] = true
		}
	}
	return out
}
