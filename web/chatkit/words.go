package chatkit

import "strings"

// words are what this protocol's own items say, in one language.
type words struct {
	searching string // while it is done
	searched  string // when it is done
	sources   string // above the pages that an answer cites
	nearest   string // above those that come nearest, where it cites none
	followups string // above questions to go on with
}

// wordsIn gives them in a reader's language; English where there are none.
func wordsIn(lang string) words {
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	if w, has := allWords[base]; has {
		return w
	}
	return allWords["en"]
}

var allWords = map[string]words{
	"en": {"Searching the documentation", "Searched the documentation", "Sources", "Nearest pages", "You could ask next"},
	"de": {"Die Dokumentation wird durchsucht", "Die Dokumentation wurde durchsucht", "Quellen", "Nächstliegende Seiten", "Sie könnten weiterfragen"},
	"fr": {"Recherche dans la documentation", "Documentation consultée", "Sources", "Pages les plus proches", "Vous pourriez demander ensuite"},
	"es": {"Buscando en la documentación", "Documentación consultada", "Fuentes", "Páginas más cercanas", "Podría preguntar a continuación"},
	"pt": {"Pesquisando na documentação", "Documentação consultada", "Fontes", "Páginas mais próximas", "Você pode perguntar em seguida"},
	"it": {"Ricerca nella documentazione", "Documentazione consultata", "Fonti", "Pagine più vicine", "Potresti chiedere ora"},
	"nl": {"De documentatie wordt doorzocht", "De documentatie is doorzocht", "Bronnen", "Dichtstbijzijnde pagina's", "U kunt verder vragen"},
	"ru": {"Поиск в документации", "Документация просмотрена", "Источники", "Ближайшие страницы", "Можно спросить дальше"},
	"ja": {"ドキュメントを検索しています", "ドキュメントを検索しました", "出典", "最も近いページ", "次に質問できること"},
	"zh": {"正在搜索文档", "已搜索文档", "来源", "最接近的页面", "您可以继续问"},
	"ko": {"문서를 검색하는 중입니다", "문서를 검색했습니다", "출처", "가장 가까운 페이지", "이어서 물어볼 수 있는 질문"},
}
