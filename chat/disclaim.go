package chat

import (
	"regexp"
	"strings"

	"docent/analysis"
)

// maxRefusal is how many sentences a refusal in a model's own words has, at most.
const maxRefusal = 4

// refuses reports whether an answer says only, in its own words, that the
// documentation does not hold the answer: it begins with that, and what follows
// cites nothing and tells nobody what to do instead.
func refuses(text string) bool {
	if len(text) > 1500 || strings.Contains(text, "```") {
		return false
	}
	var split analysis.Splitter
	spans := append(split.Write(text), split.Close()...)
	if len(spans) == 0 || len(spans) > maxRefusal {
		return false
	}
	for i, span := range spans {
		sentence := text[span.Start:span.End]
		if i == 0 && !disclaims(sentence) {
			if !apology.MatchString(sentence) || len(spans) == 1 || !disclaims(text[spans[1].Start:spans[1].End]) {
				return false
			}
		}
		if i > 0 && !disclaims(sentence) && (strings.Contains(sentence, "[") || strings.Contains(sentence, "`")) {
			return false
		}
	}
	return true
}

// disclaims reports whether a sentence says that the documentation does not hold
// what was asked. One that goes on with what to do instead does not.
func disclaims(sentence string) bool {
	if len(sentence) > 400 || !negation.MatchString(sentence) {
		return false
	}
	plain := strings.ToLower(codeSpan.ReplaceAllString(sentence, "x"))
	plain = unify.Replace(plain)
	plain = strings.Join(strings.Fields(plain), " ")
	for {
		rest := leadIn.ReplaceAllString(plain, "")
		if rest == plain {
			break
		}
		plain = rest
	}
	if condition.MatchString(plain) {
		return false
	}
	found := disclaimer.FindStringIndex(plain)
	return found != nil && !instead.MatchString(plain[found[1]:])
}

var (
	unify    = strings.NewReplacer("’", "'", "*", "", "_", "", "there's", "there is", "it's", "it is", "that's", "that is")
	codeSpan = regexp.MustCompile("`[^`]*`")
	negation = regexp.MustCompile(`(?i)\b(no|not|none|nothing|neither|cannot|unable|unclear|silent|lacks?|nicht|nichts|keine?|keinen|ne|n'\pL+|pas|aucune?|rien|sin|nada|ning\pL+|não|nenhum\pL*|non|nessun\pL*|geen|niets?)\b|n['’]t\b|(?:^|\s)не(?:т|льзя)?\s|ない|ません|[没沒未不]|없|않`)
	// condition is of sentences about documentation in general, and of what it need not be.
	condition = regexp.MustCompile(`^(?:if|when|whenever|where|unless|because|once|while|since|wenn|falls|wo|si|quand|cuando|se)\b|\b(?:muss|müssen|darf|need|needs)\b`)
	// leadIn may come before a disclaimer.
	leadIn = regexp.MustCompile(`^(?:(?:unfortunately|i'm sorry|i am sorry|sorry|apologies|i apologi[sz]e|however|hmm|well|leider|tut mir leid|es tut mir leid|malheureusement|désolée?|je suis désolée?|lamentablemente|lo siento|desafortunadamente|infelizmente|desculpe|purtroppo|mi dispiace)[,.:;]* (?:but |aber |mais |pero |mas |ma )?|` +
		`(?:based on|according to|from|judging by|given|looking at|as far as i can (?:tell|see)|as far as|within|in) (?:the |this |these |what |your )?[^,.;]{0,60}, |` +
		`(?:it (?:seems|looks|appears)(?: like| as if| that)?|it is possible that|as it stands,?) )`)
	// apology is a sentence that a disclaimer may follow.
	apology = regexp.MustCompile(`(?i)^\W*(?:i'm (?:very )?sorry|i am (?:very )?sorry|sorry|unfortunately|i apologi[sz]e|leider|es tut mir leid|désolée?|lo siento)\b[^.!]{0,40}[.!]*$`)
	// instead says that a sentence goes on with an answer.
	instead = regexp.MustCompile(`[,;:–—-]\s*(?:but|so|use|run|set|instead|then|which (?:means|is why)|because|since|for (?:that|those|this)|sondern|daher|aber|mais|utilisez|donc|pero|sino|use|así|maar|dus)\b|[,;]\s*(?:но|однако|поэтому)\s|\b(?:but|aber|mais|pero) (?:you|it|this|one|there|sie|man|vous|on|puede)\b|\binstead\b|\bstattdessen\b|\bunless\b|\buntil\b`)
)

const (
	// docs is what a disclaimer is about.
	docs = `(?:` + determiner + `+(?:[\w.-]+ )?(?:documentation|docs?|documents?|manual|passages?|sources?|excerpts?|context|text|information|material|pages?|content|guide|snippets?|knowledge base)|` +
		`(?:[\w.-]+ )?(?:documentation|docs))` +
		`(?: (?:pages?|excerpts?|passages?|provided|given|available|supplied|above|here|at hand|(?:that )?(?:i|you) (?:have|had|was given|were given|see|can see|provided|found|have access to)|(?:that )?(?:was|were) (?:provided|given|found)|i was (?:given|provided with)|(?:for|of) [\w.-]+)){0,2}`
	determiner = `(?:(?:the|this|these|those|any of|your|our|its|all|provided|given|available|official|current|supplied|numbered|retrieved|quoted|cited|[\w.-]+'s) )`
	hedge      = `(?: (?:seem to|appear to|explicitly|specifically|currently|actually|directly|clearly|really|yet|anywhere|even|at all|to|in fact))*`
	verbs      = `(?:say|state|mention|contain|cover|describe|include|explain|provide|specify|address|answer|discuss|give|hold|document|list|indicate|offer|tell|have (?:a|an|any|anything|enough|one|that|information|details)|touch|talk|show|detail|define|refer|go into|make clear|clarify|speak|name|reveal)`
	// matter is what is missing.
	matter = `(?:mention|information|reference|documentation|details?|description|guidance|instructions?|indication|answer|explanation|word|data|statement|specifics?|anything|content|section|passage)`
)

// disclaimer is how models say that the documentation does not say so, at the
// beginning of a sentence.
var disclaimer = regexp.MustCompile(`^(?:` + strings.Join([]string{
	docs + ` (?:do|does|did|is|are)(?:n't| not)` + hedge + ` (?:` + verbs + `|clear|specific|explicit)\b`,
	docs + ` (?:never|nowhere|neither)` + hedge + ` (?:` + verbs + `s?|mentioned)\b`,
	docs + ` (?:ha(?:s|ve)|contains?|includes?|provides?|gives?|offers?|holds?) (?:no|nothing|neither)\b`,
	docs + ` (?:says?|states?|mentions?|tells?(?: \w+)?) nothing\b`,
	docs + ` (?:is|are) silent\b`,
	docs + ` lacks?\b`,
	docs + ` (?:can(?:not|'t| not)|could(?:n't| not)) (?:answer|tell|help)\b`,
	`(?:there (?:is|are|was|were|seems to be|appears to be)(?:n't| not)?|i (?:see|find|found|have)) (?:no|any) (?:\w+ )?` + matter + `s?\b`,
	`(?:nothing|none|no (?:\w+ ){0,2}?(?:` + matter + `s?|part|page)) (?:(?:in|of|from|within) ` + docs + `|(?:(?:of|about|on|for) [^,;:]{1,60} )?(?:is|are|was|were) (?:given|provided|available|found|mentioned))\b`,
	`i (?:can(?:not|'t| not)|could(?:n't| not)|was(?:n't| not) able to|am (?:unable|not able) to|'m (?:unable|not able) to|was unable to|did(?:n't| not)|do(?:n't| not)) (?:find|locate|see|answer|determine|tell|say|know|have|provide|help|assist|comply|fulfil+)\b`,
	`i(?:'m| am) (?:unable|not able) to (?:find|locate|answer|determine|tell|say|provide|help|assist|comply|fulfil+)\b`,
	`i(?:'m| am) not (?:sure|certain|aware)\b`,
	`(?:it|this|that|the answer|your question|the question) (?:is|was|can|could)(?:n't|not| not)(?: be)?` + hedge + ` (?:clear|documented|covered|mentioned|described|addressed|stated|specified|answered|explained|discussed|found|contained|given|listed|determined|included|part of|available|in|possible to (?:tell|say|answer|determine))(?: (?:there|here|anywhere|further|at all))?(?: (?:in|by|within|from|on|with|using|based on) ` + docs + `\b|[ .!]*$)`,
	`[^,;:]{1,80} (?:is|are|was|were)(?:n't| not)` + hedge + ` (?:documented|covered|mentioned|described|addressed|stated|specified|answered|explained|discussed|found|contained|given|listed|included|part of|present|available)(?: anywhere)? (?:in|by|within) ` + docs + `[ .!\d\[\]]*$`,
	`(?:how|whether|what|which|where|when|why|who) [^,;:]{1,80} (?:is|are)(?:n't| not)` + hedge + ` (?:documented|covered|mentioned|described|addressed|stated|specified|explained|discussed|said|clear)[ .!]*$`,

	`(?:(?:sagt|erwähnt|enthält|beschreibt|nennt|beantwortet|gibt|erklärt) )?(?:die|diese|der|das|in der|in den|laut der|aus der) (?:\S+ )?(?:dokumentation|doku|abschnitte\w*|texte?\w*|handbuch|quellen|passagen|auszüge\w*) [^,;:]{0,80}\b(?:nicht|nichts|keine?[nrs]?)\b`,
	`(?:dazu|darüber|hierzu|davon) [^,;:]{0,60}\b(?:nicht|nichts|keine?[nrs]?)\b`,
	`ich (?:kann|konnte|habe|finde|weiß) [^;:]{0,60}\b(?:nicht|nichts|keine?[nrs]?)\b`,
	`[^,;:]{1,60} (?:ist|sind|wird|werden) in der (?:\S+ )?dokumentation nicht\b`,
	`es gibt (?:in der dokumentation )?(?:dazu )?keine (?:informationen?|angaben?|hinweise?)\b`,
	`(?:la|cette|les?|ces) (?:\S+ )?(?:documentation|passages?|extraits?|sources?|pages?|manuel) (?:\S+ )?(?:ne |n')[^,;:]{0,40}\b(?:pas|rien|aucune?)\b`,
	`(?:il n'y a |je n'ai |je ne |aucune? )[^,;:]{0,60}\b(?:informations?|trouvé|trouve|répondre|mention|documentation|réponse)\b`,
	`(?:la|esta|los|las|el) (?:\S+ )?(?:documentación|pasajes|fuentes|páginas|manual|fragmentos) (?:\S+ )?no (?:\S+ )?(?:menciona|dice|indica|contiene|describe|explica|especifica|responde|cubre|incluye|aborda|proporciona)n?\b`,
	`no (?:hay|existe|se encuentra|encuentro|encontré|he encontrado|puedo) [^,;:]{0,60}(?:información|mención|documentación|respuesta|responder)`,
	`a (?:\S+ )?documentação (?:\S+ )?não (?:\S+ )?(?:menciona|diz|indica|contém|descreve|explica|especifica|responde|cobre|inclui)\b`,
	`(?:de|deze|het|dit) (?:\S+ )?(?:documentatie|passages|tekst|handleiding|bronnen|pagina's|fragmenten) [^,;:]{0,80}\b(?:niet|niets|geen)\b`,
	`(?:er (?:is|staat|wordt)|ik (?:kan|kon|heb|vind|weet)) [^,;:]{0,60}\b(?:niets?|geen)\b[^,;:]{0,60}(?:documentatie|informatie|antwoord|vinden|gevonden|beantwoorden)`,
	`(?:в (?:\S+ )?(?:документации|тексте|материалах|отрывках|руководстве) )[^,;:]{0,80}(?:нет|не) `,
	`(?:документация|(?:эти|данные|приведённые) (?:отрывки|материалы)) (?:\S+ )?не (?:содерж|описыва|упомина|указыва|объясня|говор|отвеча)`,
	`(?:к сожалению,? )?я не (?:наш|нахожу|могу|знаю|смог)`,
	`[^。、,]{0,40}(?:ドキュメント|文書|資料|マニュアル|ページ)[^。、,]{0,60}(?:いません|ありません|見つかりません|見当たりません|わかりません|できません|いない|ない)(?:でした)?[\s\d\[\].。]*$`,
	`(?:抱歉|对不起|很遗憾)?[，,]?[^。，,]{0,20}(?:文档|文件|资料|手册|段落|内容)[^。，,]{0,20}(?:没有|沒有|并未|未|不)[^。，,]{0,6}(?:提到|提及|说明|描述|包含|包括|涉及|提供|介绍|记载|找到|回答|相关|解释)[^。，,]*[\s\d\[\].。]*$`,
	`[^.,]{0,40}(?:문서|자료|설명서|매뉴얼)[^.,]{0,80}(?:없습니다|않습니다|없어요|않아요|없다|않다)[\s\d\[\].]*$`,
	`la (?:\S+ )?documentazione (?:\S+ )?non (?:\S+ )?(?:menziona|dice|indica|contiene|descrive|spiega|specifica|risponde|copre|include)\b`,
}, "|") + `)`)
