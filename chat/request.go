package chat

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// wish is what a message wants of what was said.
type wish int

const (
	noWish       wish = iota
	wantsShorter      // also a summary
	wantsSpoken       // in another language
	wantsReworded
	wantsRepeated
	wantsFirst // the reader's first question
	wantsLast  // the reader's last question
)

// request is a message about the conversation.
type request struct {
	wish wish
	lang string // of wantsSpoken, BCP 47
}

// requestOf tells a message about the conversation: the whole of it has to be
// one, so that "shorter token lifetime" and "translate strings" are questions.
func requestOf(message string) request {
	if utf8.RuneCountInString(message) > maxRequestRunes {
		return request{}
	}
	words := plainWords(message)
	spaced, joined := strings.Join(words, " "), strings.Join(words, "")
	for _, p := range requestPatterns() {
		text := spaced
		if p.unspaced {
			text = joined
		}
		m := p.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		if p.wish != wantsSpoken {
			return request{wish: p.wish}
		}
		for _, name := range m[1:] {
			if lang, known := spokenNames[name]; known {
				return request{wantsSpoken, lang}
			}
		}
	}
	return request{}
}

// maxRequestRunes is more than any request about a conversation has.
const maxRequestRunes = 120

// requestPattern is a row of requestTable, compiled.
type requestPattern struct {
	*regexp.Regexp
	wish     wish
	unspaced bool // for text without blanks
}

// requestPatterns compiles the table when the first message comes.
var requestPatterns = sync.OnceValue(func() []requestPattern {
	var all []requestPattern
	for _, lang := range requestTable {
		for _, row := range lang.rows {
			pattern := strings.NewReplacer("{it}", "(?:"+lang.it+")", "{lang}", `(\p{L}+)`).Replace(row.pattern)
			all = append(all, requestPattern{
				regexp.MustCompile("^(?:" + lang.lead + ")(?:" + pattern + ")(?:" + lang.tail + ")$"), row.wish, lang.unspaced,
			})
		}
	}
	return all
})

// spokenNames are languages by what they are called, as plainWords gives it.
var spokenNames = func() map[string]string {
	names := map[string]string{}
	for lang, list := range map[string]string{
		"en": "english englisch englische anglais inglés ingles inglês inglese engels английский английском 英語 英语 英文 영어",
		"de": "german deutsch deutsche allemand alemán aleman alemão tedesco duits немецкий немецком ドイツ語 德语 德文 독일어",
		"fr": "french französisch französische français francais francés frances francês francese frans французский французском フランス語 法语 法文 프랑스어",
		"es": "spanish spanisch spanische espagnol español espanol castellano espanhol spagnolo spaans испанский испанском スペイン語 西班牙语 스페인어",
		"pt": "portuguese portugiesisch portugiesische portugais portugués portugues português portoghese portugees португальский ポルトガル語 葡萄牙语 포르투갈어",
		"it": "italian italienisch italienische italien italiano italiaans итальянский イタリア語 意大利语 이탈리아어",
		"nl": "dutch niederländisch niederländische holländisch néerlandais holandés neerlandés holandês olandese nederlands голландский オランダ語 荷兰语",
		"ru": "russian russisch russische russe ruso russo русский русском ロシア語 俄语 러시아어",
		"ja": "japanese japanisch japanische japonais japonés japones japonês giapponese japans японский 日本語 日语 日文 일본어",
		"zh": "chinese mandarin chinesisch chinesische chinois chino chinês cinese chinees китайский 中国語 中文 汉语 중국어",
		"ko": "korean koreanisch coréen coreano koreaans корейский 韓国語 韩语 한국어",
		"pl": "polish polnisch polonais polaco polacco pools", "sv": "swedish schwedisch suédois sueco svedese zweeds",
		"tr": "turkish türkisch turc turco turks", "uk": "ukrainian ukrainisch ukrainien ucraniano ucraino oekraïens", "ar": "arabic arabisch arabe árabe arabo",
		"hi": "hindi", "da": "danish dänisch", "nb": "norwegian norwegisch", "fi": "finnish finnisch", "cs": "czech tschechisch", "el": "greek griechisch grec",
		"vi": "vietnamese vietnamesisch", "id": "indonesian indonesisch", "ro": "romanian rumänisch", "hu": "hungarian ungarisch", "he": "hebrew hebräisch", "th": "thai",
	} {
		for _, name := range strings.Fields(list) {
			names[strings.Join(plainWords(name), "")] = lang
		}
	}
	return names
}()

// requestRow is a kind of request in one language.
type requestRow struct {
	wish    wish
	pattern string
}

// requestTable has how requests are made: what may stand before and after them,
// how the answer is called, and the requests, all as plainWords has them.
var requestTable = []struct {
	lead, tail, it string
	unspaced       bool
	rows           []requestRow
}{
	{
		lead: `(?:(?:ok|okay|thanks|thank you|great|nice|cool|hm|hmm|and|now|but|please|sorry|so) )*(?:(?:can|could|would|will) you )?(?:please )?(?:just )?`,
		tail: `(?: (?:please|now|for me|instead|thanks|thank you|if possible))*`,
		it: `it|this|that|(?:the|your)(?: last| previous| first)? (?:answer|explanation|response|reply)|what you(?: just)? said|the above|everything(?: so far)?|all of (?:it|that)|` +
			`(?:our|the|this) (?:conversation|chat|discussion)`,
		rows: []requestRow{
			{wantsShorter, `(?:make|keep) {it} (?:a bit |a little |much |even )?(?:shorter|briefer|more concise|more compact|brief|short|concise)`},
			{wantsShorter, `(?:a bit |a little |much |even |make (?:it|that) )?(?:shorter|briefer|more concise|in short|in brief|tldr|tl dr|too long)`},
			{wantsShorter, `(?:give me |i want |i need |i would like |can i (?:have|get) )?(?:a |the )?(?:much )?(?:shorter|briefer) (?:version|answer|explanation)`},
			{wantsShorter, `(?:shorten|condense|summari[sz]e|sum up|recap)(?: {it})?(?: (?:again|briefly))?|(?:give me )?a (?:short )?(?:summary|recap)(?: of {it})?|what (?:did we talk|have we talked) about`},
			{wantsShorter, `(?:(?:summari[sz]e|say|put|explain|answer)(?: {it})? )?in (?:one|a single|two|three|a few) (?:sentences?|words?|lines?)`},
			{wantsSpoken, `(?:translate|say|repeat|write|rewrite|give|put|explain|answer|respond|reply|provide)(?: me)?(?: {it})?(?: again)? (?:to|into|in) {lang}`},
			{wantsSpoken, `in {lang}|{lang} please`},
			{wantsReworded, `(?:explain|say|describe|put|rewrite|write)(?: me)? {it}(?: again| to me)? (?:(?:for|to|like im|as if i (?:was|were)) (?:(?:a|an) )?(?:complete |total |absolute )?(?:beginners?|newbies?|novices?|child|kid|five|5|(?:five|5) year old|non programmers?|laymen|layman|dummies)|simply|more simply|differently|better|clearer|more clearly|in (?:other|different) words|in (?:simple|simpler|plain|plainer|easier) (?:terms|words|language|english)|in (?:more |greater )?detail|step by step|with (?:an )?examples?)`},
			{wantsReworded, `explain {it} again|(?:in )?(?:simpler|simple|plain|layman) (?:terms|words|english)|simpler|more simply|in other words|eli5|(?:simplify|rephrase|reword|paraphrase|clarify)(?: {it})?|make {it} (?:a bit |a little |much )?(?:simpler|easier|easier to understand|clearer|longer|more detailed|more technical|less technical|more formal|friendlier)`},
			{wantsReworded, `(?:(?:make|put|format|give|show|write|present|turn|convert|rewrite|reformat)(?: me)? {it} )?(?:as|in the form of) (?:a |an )?(?:markdown |numbered |bulleted |bullet |short |simple )?(?:table|list|bullets|bullet points|points|steps|checklist|paragraph|step by step list)`},
			{wantsReworded, `(?:make|put|turn|convert|rewrite|reformat) {it} (?:into|in) (?:a |an )?(?:markdown |numbered |bulleted |bullet |short |simple )?(?:table|list|bullets|bullet points|steps|checklist|paragraph)|make (?:a |me a )?(?:table|list) (?:of|out of|from) {it}`},
			{wantsRepeated, `repeat(?: {it})?(?: again| once more| one more time)?|(?:say|tell me|show me) {it} (?:again|once more|one more time)|once more|one more time|come again|say again|again|pardon|what did you(?: just)? say`},
			{wantsFirst, `what (?:did|have) i ask(?:ed)?(?: you)? (?:first|at first|in the beginning|at the beginning|at the start|initially|originally)|what was (?:my (?:first|original|initial) question|the first (?:question|thing) (?:that )?i asked(?: you)?)`},
			{wantsLast, `what (?:did|have) i(?: just)? ask(?:ed)?(?: you)?(?: (?:before|earlier|last|previously|just now))?|what was (?:my (?:last |previous |earlier )?question|the last (?:question|thing) (?:that )?i asked(?: you)?)|what is my question`},
		},
	},
	{
		lead: `(?:(?:ok|okay|danke|und|jetzt|nun|bitte|gut|super) )*(?:(?:kannst|könntest|würdest) du |(?:können|könnten|würden) sie )?(?:mir )?(?:bitte )?`,
		tail: `(?: (?:bitte|nochmal|noch mal|noch einmal|jetzt|danke))*`,
		it:   `das(?: ganze)?|es|dies|alles|(?:die|deine|ihre|diese)(?: letzte)? (?:antwort|erklärung)|(?:das|dieses|unser) gespräch`,
		rows: []requestRow{
			{wantsShorter, `(?:etwas |viel |noch |deutlich |bitte )?(?:kürzer|knapper)(?:e (?:version|antwort|fassung))?|(?:eine )?(?:kürzere|knappere) (?:version|antwort|fassung)|(?:mach|mache|machen sie|sag|sage|fass|fasse|fassen sie) {it} (?:bitte )?(?:etwas |viel )?(?:kürzer|knapper|kurz)|{it} (?:etwas |viel )?(?:kürzer (?:machen|sagen|fassen)|kürzen|(?:kurz )?zusammenfassen)|kürze {it}|(?:fass|fasse|fassen sie) {it} (?:kurz |bitte )*zusammen|(?:eine )?(?:kurze )?zusammenfassung|in (?:einem satz|(?:zwei|drei|wenigen) (?:sätzen|worten))`},
			{wantsSpoken, `(?:übersetz|übersetze|übersetzen sie) {it} (?:bitte )?(?:ins|in|auf|nach) {lang}|{it} (?:ins|in|auf) {lang} übersetzen|(?:antworte|antworten sie|sag|sage|schreib|schreibe|erklär|erkläre)(?: mir)?(?: {it})?(?: bitte)? (?:auf|in) {lang}|(?:auf|ins) {lang}`},
			{wantsReworded, `(?:erklär|erkläre|erklären sie)(?: mir)? {it}(?: mir)?(?: bitte)?(?: nochmal| noch einmal)? (?:einfacher|für (?:einen )?anfänger|genauer|anders|besser|ausführlicher|mit anderen worten|in (?:einfachen|anderen) worten|schritt für schritt)|{it} (?:nochmal |noch einmal )?(?:einfacher|für (?:einen )?anfänger|genauer|anders|ausführlicher|in einfachen worten|schritt für schritt) erklären|einfacher|ausführlicher|für (?:einen )?anfänger|(?:in|mit) (?:einfachen|anderen) worten|(?:formulier|formuliere) {it} (?:um|anders|neu|einfacher)`},
			{wantsReworded, `(?:(?:mach|mache|gib|zeig|zeige|stell|stelle|schreib|schreibe)(?: mir)? {it} )?(?:bitte )?(?:als (?:eine )?(?:tabelle|liste|stichpunkte|aufzählung)|in (?:stichpunkten|tabellenform))(?: dar)?`},
			{wantsRepeated, `(?:wiederhol|wiederhole|wiederholen sie)(?: {it})?|{it} wiederholen|(?:sag|sage) {it}|nochmal|noch mal|noch einmal|was hast du (?:gerade |eben )?gesagt`},
			{wantsFirst, `was (?:habe|hab) ich (?:dich |sie )?(?:zuerst|als erstes|am anfang) gefragt|was war meine erste frage`},
			{wantsLast, `was (?:habe|hab) ich (?:dich |sie )?(?:vorhin |zuletzt |gerade |eben )?gefragt|was war meine (?:(?:letzte|vorige|vorherige) )?frage`},
		},
	},
	{
		lead: `(?:(?:ok|merci|et|maintenant|alors) )*(?:(?:peux-tu|peux tu|tu peux|pourrais-tu|pouvez-vous|pouvez vous|pourriez-vous|vous pouvez) )?(?:me )?(?:le )?`,
		tail: `(?: (?:sil te plaît|sil te plait|sil vous plaît|sil vous plait|svp|stp|encore|maintenant|merci))*`,
		it:   `ça|cela|ceci|(?:la|ta|votre|cette)(?: dernière)? (?:réponse|explication)|tout|(?:la|notre|cette) conversation`,
		rows: []requestRow{
			{wantsShorter, `(?:un peu |beaucoup |encore )?plus (?:court|courte|bref|concis)|(?:une )?(?:version|réponse) plus courte|(?:fais|faites|rends|rendez) (?:plus court|{it} plus court|-le plus court)|(?:raccourcis|raccourcir|raccourcissez|résume|résumer|résumez)(?: {it})?|(?:un )?résumé|en (?:une|deux|quelques) (?:phrases?|mots)|en bref`},
			{wantsSpoken, `(?:traduis|traduire|traduisez|traduis-le|dis|dire|dites|répète|répéter|réponds|répondre|répondez|explique|expliquer|écris)(?: {it})?(?: ça)? en {lang}|en {lang}`},
			{wantsReworded, `(?:explique|expliquer|expliquez|expliques)(?: moi|-moi)?(?: {it})? (?:pour (?:un |les )?débutants?|plus simplement|simplement|autrement|en détail|plus en détail|étape par étape|avec dautres mots)|plus simplement|plus simple|en dautres termes|avec dautres mots|(?:reformule|reformuler|reformulez|simplifie|simplifier)(?: {it})?|(?:sous forme de|en|dans un) (?:tableau|liste|liste à puces)|sous forme de (?:tableau|liste)`},
			{wantsRepeated, `(?:répète|répéter|répétez|redis|redire)(?: {it})?|encore une fois|quas-tu dit|quavez-vous dit`},
			{wantsFirst, `quelle était ma première question|quai-je demandé en premier|quest-ce que jai demandé en premier|quest ce que jai demandé en premier`},
			{wantsLast, `quelle était ma (?:dernière |précédente )?question|quai-je demandé|quest-ce que jai demandé`},
		},
	},
	{
		lead: `(?:(?:ok|vale|gracias|y|ahora|por favor) )*(?:(?:me )?(?:puedes|podrías|puede|podría) )?(?:por favor )?`,
		tail: `(?: (?:por favor|otra vez|de nuevo|ahora|gracias))*`,
		it:   `eso|esto|lo|todo|(?:la|tu|su|esta)(?: última)? (?:respuesta|explicación)|(?:la|nuestra|esta) conversación`,
		rows: []requestRow{
			{wantsShorter, `(?:un poco |mucho |aún )?más (?:corto|corta|breve|conciso|resumido)|(?:una )?(?:versión|respuesta) más (?:corta|breve)|hazlo más (?:corto|breve)|(?:acorta|acortar|acórtalo|resume|resumir|resúmelo|resumirlo|resúmeme)(?: {it})?|(?:un )?resumen|en (?:una|dos|pocas) (?:frases?|palabras)`},
			{wantsSpoken, `(?:traduce|traducir|tradúcelo|traducirlo|tradúceme|traduzca|dilo|decirlo|responde|responder|explica|explícalo|repite|escríbelo)(?: {it})? (?:al|a|en) {lang}|en {lang}`},
			{wantsReworded, `(?:explica|explicar|explícame|explícalo|explicarlo|explícamelo|explicármelo)(?: {it})? (?:para (?:un )?principiantes?|de forma más sencilla|de forma sencilla|más sencillo|de otra forma|de otra manera|con más detalle|con otras palabras|paso a paso)|más (?:sencillo|simple|simplemente)|con otras palabras|en otras palabras|(?:reformula|simplifica|reformúlalo|simplifícalo)(?: {it})?|(?:como|en forma de|en) (?:una )?(?:tabla|lista)`},
			{wantsRepeated, `(?:repite|repetir|repítelo|repetirlo|repita)(?: {it})?|dilo|otra vez|una vez más|qué dijiste|que dijiste`},
			{wantsFirst, `(?:qué|que) (?:te )?(?:pregunté|pregunte) (?:primero|al principio)|cuál (?:fue|era) mi primera pregunta`},
			{wantsLast, `(?:qué|que) (?:te )?(?:pregunté|pregunte)(?: antes)?|cuál (?:fue|era) mi (?:última )?pregunta`},
		},
	},
	{
		lead: `(?:(?:ok|certo|obrigado|obrigada|e|agora|por favor) )*(?:(?:você )?(?:pode|poderia|podes|podias) )?(?:me )?(?:por favor )?`,
		tail: `(?: (?:por favor|de novo|novamente|outra vez|agora|obrigado|obrigada))*`,
		it:   `isso|isto|tudo|(?:a|a sua|a tua|sua|essa|esta)(?: última)? (?:resposta|explicação)|(?:a|nossa|esta) conversa`,
		rows: []requestRow{
			{wantsShorter, `(?:um pouco |muito |ainda )?mais (?:curto|curta|breve|conciso|resumido)|(?:uma )?(?:versão|resposta) mais curta|(?:encurta|encurte|encurtar|resuma|resume|resumir)(?: {it})?|(?:um )?resumo|em (?:uma|duas|poucas) (?:frases?|palavras)`},
			{wantsSpoken, `(?:traduz|traduza|traduzir|diga|diz|dizer|responda|responde|responder|explique|explica|repita|escreva)(?: {it})? (?:para o|para|em|ao) {lang}|em {lang}`},
			{wantsReworded, `(?:explica|explique|explicar)(?: {it})? (?:para (?:um )?(?:iniciantes?|principiantes?)|de forma (?:mais )?simples|mais simples|de outra forma|com mais detalhes?|com outras palavras|passo a passo)|mais simples|com outras palavras|em outras palavras|(?:reformula|reformule|simplifica|simplifique)(?: {it})?|(?:como|em forma de|em) (?:uma )?(?:tabela|lista)`},
			{wantsRepeated, `(?:repete|repita|repetir)(?: {it})?|de novo|outra vez|mais uma vez|o que você disse|o que disseste`},
			{wantsFirst, `o que (?:eu )?perguntei (?:primeiro|no início)|qual foi a minha primeira pergunta|qual era minha primeira pergunta`},
			{wantsLast, `o que (?:eu )?perguntei(?: antes)?|qual foi a minha (?:última )?pergunta`},
		},
	},
	{
		lead: `(?:(?:ok|grazie|e|ora|adesso|per favore) )*(?:(?:mi )?(?:puoi|potresti|può|potrebbe) )?(?:per favore )?`,
		tail: `(?: (?:per favore|per piacere|di nuovo|ancora|ora|adesso|grazie))*`,
		it:   `questo|quello|ciò|tutto|(?:la|la tua|la sua|questa)(?: ultima)? (?:risposta|spiegazione)|(?:la|questa) conversazione`,
		rows: []requestRow{
			{wantsShorter, `(?:un po |molto |ancora )?più (?:corto|corta|breve|conciso|sintetico)|(?:una )?(?:versione|risposta) più (?:corta|breve)|(?:accorcia|accorciare|accorcialo|riassumi|riassumere|riassumilo|riassumerlo)(?: {it})?|(?:un )?riassunto|in (?:una|due|poche) (?:frasi|frase|parole)`},
			{wantsSpoken, `(?:traduci|tradurre|traducilo|tradurlo|traduca|dillo|dirlo|rispondi|rispondere|spiega|spiegalo|ripeti|scrivilo)(?: {it})? in {lang}|in {lang}`},
			{wantsReworded, `(?:spiega|spiegare|spiegami|spiegamelo|spiegarmelo|spiegalo)(?: {it})? (?:per (?:un )?principianti?|per (?:un )?principiante|in modo (?:più )?semplice|più semplicemente|diversamente|con altre parole|in dettaglio|più in dettaglio|passo passo|passo per passo)|più semplice|più semplicemente|in altre parole|con altre parole|(?:riformula|semplifica|riformulalo|semplificalo)(?: {it})?|(?:come|sotto forma di) (?:una )?(?:tabella|lista|elenco)`},
			{wantsRepeated, `(?:ripeti|ripetere|ripetilo|ripetimelo)(?: {it})?|ancora una volta|di nuovo|cosa hai detto|che cosa hai detto`},
			{wantsFirst, `(?:che )?cosa (?:ti )?ho chiesto (?:prima di tutto|per primo|per prima cosa|allinizio)|qual era la mia prima domanda`},
			{wantsLast, `(?:che )?cosa (?:ti )?ho chiesto(?: prima)?|qual era la mia (?:ultima )?domanda`},
		},
	},
	{
		unspaced: true,
		lead:     `(?:では|じゃあ)?(?:(?:それ|これ|回答|答え|今の回答|さっきの回答)[をは])?`,
		tail:     `(?:ください|下さい|くれますか|もらえますか|いただけますか|お願いします|ほしい|欲しい|ほしいです)?`,
		rows: []requestRow{
			{wantsShorter, `(?:もっと|もう少し)?(?:短く|簡潔に)(?:して|まとめて|説明して)?|要約(?:して|を)?|まとめて|一言で(?:言って|説明して)?`},
			{wantsSpoken, `(\p{L}+?語)(?:に翻訳して|に訳して|で説明して|で答えて|で言って|で)`},
			{wantsReworded, `(?:もっと|もう少し)?(?:簡単に|わかりやすく|分かりやすく|詳しく|やさしく)(?:説明して|言って|して)?|初心者向けに(?:説明して)?|言い換えて|別の言葉で(?:説明して)?|(?:表|リスト|箇条書き)(?:にして|で)`},
			{wantsRepeated, `もう一度(?:言って|教えて|説明して)?|繰り返して`},
			{wantsFirst, `最初に何を(?:聞きましたか|質問しましたか|聞いた)|私の最初の質問は(?:何でしたか|何)?`},
			{wantsLast, `(?:さっき)?何を(?:聞きましたか|質問しましたか)|私の質問は何でしたか`},
		},
	},
	{
		unspaced: true,
		lead:     `(?:好的|请|請|那|那么|能不能|可以|能|麻烦)*(?:你)?(?:再)?(?:把(?:它|这个|这|那个|答案|回答|上面的回答|刚才的回答))?`,
		tail:     `(?:吗|吧|一下|谢谢|给我)?`,
		rows: []requestRow{
			{wantsShorter, `(?:更|再|说|写|讲|回答得|说得)?(?:简短|短|简洁|精简)(?:一点|一些|些|点)?|(?:总结|概括|缩短)(?:一下|它|上面的回答)?|用一句话(?:说|总结|概括|回答)?`},
			{wantsSpoken, `(?:翻译成|译成|翻译为|用)(\p{L}+?[语文])(?:说|回答|解释|再说一遍|写)?`},
			{wantsReworded, `(?:更|再)?(?:简单|详细|通俗)(?:一点|一些|地|点)?(?:解释|说明|说|讲)?(?:一下|一遍)?|给初学者解释|向初学者解释|换句话说|换个说法|(?:用|做成|列成|以)(?:表格|列表)(?:的?形式)?(?:显示|列出|展示|表示)?`},
			{wantsRepeated, `(?:说一遍|说一次|重复)(?:一遍|一次)?|再说一遍|你刚才说什么`},
			{wantsFirst, `我(?:最开始|一开始|最先|首先|第一个)?(?:问|问题)(?:了|的)?(?:是)?什么|我的第一个问题是什么`},
			{wantsLast, `我(?:刚才|刚刚)问了什么`},
		},
	},
}
