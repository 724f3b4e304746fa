package chat

import "strings"

// wording is what the server says by itself, in one language.
type wording struct {
	greeting string // to a greeting
	thanks   string // to thanks
	goodbye  string // to a goodbye
	fine     string // to "ok", "great"
	who      string // to "who are you", "what can you do"

	refused string // the documentation does not hold the answer
	nearest string // added where pages are offered instead
	outside string // before what a model says from its own knowledge

	recited string // the answer began to repeat what the model was told

	nothingYet string // to a request about a conversation that has not begun
	needsModel string // to one that only a language model can do
	youAsked   string // %s is the question, quoted
}

// wordingIn gives the server's sentences in a reader's language; English where
// there are none.
func wordingIn(lang string) *wording {
	if w, has := wordings[baseOf(lang)]; has {
		return w
	}
	return wordings["en"]
}

// between is what stands between two sentences.
func (w *wording) between() string {
	if strings.HasSuffix(w.refused, "。") {
		return ""
	}
	return " "
}

var wordings = map[string]*wording{
	"en": {
		greeting:   "Hello! What would you like to know about the documentation?",
		thanks:     "You're welcome! Ask on whenever you like.",
		goodbye:    "Goodbye! Come back whenever you have a question.",
		fine:       "Good. Is there anything else that you would like to know?",
		who:        "I'm an assistant that answers questions from this documentation and shows where the answer stands. I say so when the documentation does not hold it. What would you like to know?",
		refused:    "The documentation does not seem to answer this question.",
		nearest:    "The nearest pages are listed with this answer.",
		outside:    "The documentation does not seem to answer this. What follows comes from the language model's general knowledge, not from the documentation, and was not checked:",
		recited:    "This answer ends here, because it began to repeat the assistant's own instructions.",
		nothingYet: "Nothing was answered yet in this conversation. What would you like to know about the documentation?",
		needsModel: "I can't do that: rewording an answer needs a language model, and none is available here.",
		youAsked:   "You asked: %s",
	},
	"de": {
		greeting:   "Hallo! Was möchten Sie über die Dokumentation wissen?",
		thanks:     "Gern geschehen! Fragen Sie jederzeit weiter.",
		goodbye:    "Auf Wiedersehen! Kommen Sie wieder, wenn Sie eine Frage haben.",
		fine:       "Gut. Möchten Sie noch etwas wissen?",
		who:        "Ich bin ein Assistent, der Fragen aus dieser Dokumentation beantwortet und zeigt, wo die Antwort steht. Steht sie nicht darin, sage ich das. Was möchten Sie wissen?",
		refused:    "Die Dokumentation scheint diese Frage nicht zu beantworten.",
		nearest:    "Die nächstliegenden Seiten stehen bei dieser Antwort.",
		outside:    "Die Dokumentation scheint das nicht zu beantworten. Was folgt, stammt aus dem allgemeinen Wissen des Sprachmodells, nicht aus der Dokumentation, und wurde nicht geprüft:",
		recited:    "Diese Antwort endet hier, weil sie begann, die Anweisungen des Assistenten zu wiederholen.",
		nothingYet: "In diesem Gespräch wurde noch nichts beantwortet. Was möchten Sie über die Dokumentation wissen?",
		needsModel: "Das kann ich nicht: Eine Antwort umzuformulieren braucht ein Sprachmodell, und hier steht keines zur Verfügung.",
		youAsked:   "Sie haben gefragt: %s",
	},
	"fr": {
		greeting:   "Bonjour ! Que souhaitez-vous savoir sur la documentation ?",
		thanks:     "Avec plaisir ! N'hésitez pas à poser d'autres questions.",
		goodbye:    "Au revoir ! Revenez quand vous aurez une question.",
		fine:       "Très bien. Souhaitez-vous savoir autre chose ?",
		who:        "Je suis un assistant qui répond aux questions à partir de cette documentation et montre où se trouve la réponse. Si elle n'y est pas, je le dis. Que souhaitez-vous savoir ?",
		refused:    "La documentation ne semble pas répondre à cette question.",
		nearest:    "Les pages les plus proches accompagnent cette réponse.",
		outside:    "La documentation ne semble pas y répondre. Ce qui suit vient des connaissances générales du modèle de langage, non de la documentation, et n'a pas été vérifié :",
		recited:    "Cette réponse s'arrête ici, car elle commençait à répéter les instructions de l'assistant.",
		nothingYet: "Rien n'a encore été répondu dans cette conversation. Que souhaitez-vous savoir sur la documentation ?",
		needsModel: "Je ne peux pas le faire : reformuler une réponse demande un modèle de langage, et aucun n'est disponible ici.",
		youAsked:   "Vous avez demandé : %s",
	},
	"es": {
		greeting:   "¡Hola! ¿Qué le gustaría saber sobre la documentación?",
		thanks:     "¡De nada! Pregunte cuando quiera.",
		goodbye:    "¡Hasta luego! Vuelva cuando tenga una pregunta.",
		fine:       "Bien. ¿Le gustaría saber algo más?",
		who:        "Soy un asistente que responde preguntas a partir de esta documentación y muestra dónde está la respuesta. Si no está en ella, lo digo. ¿Qué le gustaría saber?",
		refused:    "La documentación no parece responder a esta pregunta.",
		nearest:    "Las páginas más cercanas acompañan a esta respuesta.",
		outside:    "La documentación no parece responder a esto. Lo que sigue procede de los conocimientos generales del modelo de lenguaje, no de la documentación, y no se ha comprobado:",
		recited:    "Esta respuesta termina aquí, porque empezaba a repetir las instrucciones del asistente.",
		nothingYet: "Todavía no se ha respondido nada en esta conversación. ¿Qué le gustaría saber sobre la documentación?",
		needsModel: "No puedo hacerlo: reformular una respuesta requiere un modelo de lenguaje, y aquí no hay ninguno disponible.",
		youAsked:   "Usted preguntó: %s",
	},
	"pt": {
		greeting:   "Olá! O que gostaria de saber sobre a documentação?",
		thanks:     "Não tem de quê! Pergunte quando quiser.",
		goodbye:    "Até logo! Volte quando tiver uma pergunta.",
		fine:       "Certo. Gostaria de saber mais alguma coisa?",
		who:        "Sou um assistente que responde a perguntas com base nesta documentação e mostra onde está a resposta. Se ela não estiver lá, digo isso. O que gostaria de saber?",
		refused:    "A documentação não parece responder a esta pergunta.",
		nearest:    "As páginas mais próximas acompanham esta resposta.",
		outside:    "A documentação não parece responder a isto. O que se segue vem do conhecimento geral do modelo de linguagem, não da documentação, e não foi verificado:",
		recited:    "Esta resposta termina aqui, porque começou a repetir as instruções do assistente.",
		nothingYet: "Ainda não foi respondido nada nesta conversa. O que gostaria de saber sobre a documentação?",
		needsModel: "Não posso fazer isso: reformular uma resposta exige um modelo de linguagem, e não há nenhum disponível aqui.",
		youAsked:   "A sua pergunta foi: %s",
	},
	"it": {
		greeting:   "Ciao! Che cosa vorrebbe sapere sulla documentazione?",
		thanks:     "Prego! Chieda pure quando vuole.",
		goodbye:    "Arrivederci! Torni quando ha una domanda.",
		fine:       "Bene. Vorrebbe sapere altro?",
		who:        "Sono un assistente che risponde alle domande in base a questa documentazione e mostra dove si trova la risposta. Se non c'è, lo dico. Che cosa vorrebbe sapere?",
		refused:    "La documentazione non sembra rispondere a questa domanda.",
		nearest:    "Le pagine più vicine accompagnano questa risposta.",
		outside:    "La documentazione non sembra rispondere a questo. Quanto segue viene dalle conoscenze generali del modello linguistico, non dalla documentazione, e non è stato verificato:",
		recited:    "Questa risposta finisce qui, perché iniziava a ripetere le istruzioni dell'assistente.",
		nothingYet: "In questa conversazione non è stata ancora data alcuna risposta. Che cosa vorrebbe sapere sulla documentazione?",
		needsModel: "Non posso farlo: per riformulare una risposta serve un modello linguistico, e qui non ce n'è uno disponibile.",
		youAsked:   "La domanda era: %s",
	},
	"nl": {
		greeting:   "Hallo! Wat wilt u over de documentatie weten?",
		thanks:     "Graag gedaan! Vraag gerust verder.",
		goodbye:    "Tot ziens! Kom terug wanneer u een vraag hebt.",
		fine:       "Goed. Wilt u nog iets weten?",
		who:        "Ik ben een assistent die vragen uit deze documentatie beantwoordt en laat zien waar het antwoord staat. Staat het er niet in, dan zeg ik dat. Wat wilt u weten?",
		refused:    "De documentatie lijkt deze vraag niet te beantwoorden.",
		nearest:    "De meest verwante pagina's staan bij dit antwoord.",
		outside:    "De documentatie lijkt dit niet te beantwoorden. Wat volgt komt uit de algemene kennis van het taalmodel, niet uit de documentatie, en is niet gecontroleerd:",
		recited:    "Dit antwoord eindigt hier, omdat het de instructies van de assistent begon te herhalen.",
		nothingYet: "In dit gesprek is nog niets beantwoord. Wat wilt u over de documentatie weten?",
		needsModel: "Dat kan ik niet: een antwoord anders verwoorden vraagt om een taalmodel, en dat is hier niet beschikbaar.",
		youAsked:   "U vroeg: %s",
	},
	"ru": {
		greeting:   "Здравствуйте! Что вы хотели бы узнать из документации?",
		thanks:     "Пожалуйста! Спрашивайте ещё, когда захотите.",
		goodbye:    "До свидания! Возвращайтесь, когда появится вопрос.",
		fine:       "Хорошо. Хотите узнать что-нибудь ещё?",
		who:        "Я помощник, который отвечает на вопросы по этой документации и показывает, где находится ответ. Если ответа в ней нет, я так и скажу. Что вы хотели бы узнать?",
		refused:    "Похоже, в документации нет ответа на этот вопрос.",
		nearest:    "Ближайшие страницы указаны при этом ответе.",
		outside:    "Похоже, в документации нет ответа на это. Дальнейшее взято из общих знаний языковой модели, а не из документации, и не проверено:",
		recited:    "Ответ здесь прерван, потому что он начал повторять указания, данные помощнику.",
		nothingYet: "В этом разговоре ещё не было ответов. Что вы хотели бы узнать из документации?",
		needsModel: "Этого я не могу: чтобы изложить ответ иначе, нужна языковая модель, а здесь её нет.",
		youAsked:   "Вы спросили: %s",
	},
	"ja": {
		greeting:   "こんにちは。ドキュメントについて何を知りたいですか。",
		thanks:     "どういたしまして。またいつでも質問してください。",
		goodbye:    "さようなら。質問があれば、またお越しください。",
		fine:       "わかりました。ほかに知りたいことはありますか。",
		who:        "このドキュメントをもとに質問に答え、答えの場所を示すアシスタントです。書かれていないことは、そのようにお伝えします。何を知りたいですか。",
		refused:    "この質問への答えは、ドキュメントに見当たりません。",
		nearest:    "関連の深いページをこの回答に添えました。",
		outside:    "この質問への答えはドキュメントに見当たりません。以下は言語モデルの一般的な知識によるもので、ドキュメントの内容ではなく、確認されていません。",
		recited:    "アシスタントへの指示を繰り返し始めたため、この回答はここで終わります。",
		nothingYet: "この会話ではまだ何も回答していません。ドキュメントについて何を知りたいですか。",
		needsModel: "それはできません。回答を言い換えるには言語モデルが必要ですが、ここでは利用できません。",
		youAsked:   "ご質問はこうでした：%s",
	},
	"zh": {
		greeting:   "您好！您想了解文档中的什么内容？",
		thanks:     "不客气！欢迎随时继续提问。",
		goodbye:    "再见！有问题时欢迎再来。",
		fine:       "好的。您还想了解什么？",
		who:        "我是一个助手，根据这份文档回答问题，并指出答案的出处。文档中没有的，我会如实说明。您想了解什么？",
		refused:    "文档中似乎没有这个问题的答案。",
		nearest:    "最相关的页面已随本回答列出。",
		outside:    "文档中似乎没有这个问题的答案。以下内容来自语言模型的一般知识，并非出自文档，也未经核实：",
		recited:    "此回答到此为止，因为它开始重复助手收到的指令。",
		nothingYet: "这次对话中还没有任何回答。您想了解文档中的什么内容？",
		needsModel: "我做不到：改写回答需要语言模型，而这里没有可用的模型。",
		youAsked:   "您问的是：%s",
	},
	"ko": {
		greeting:   "안녕하세요! 문서에서 무엇을 알고 싶으신가요?",
		thanks:     "천만에요! 언제든지 더 물어보세요.",
		goodbye:    "안녕히 가세요! 질문이 있으면 다시 찾아 주세요.",
		fine:       "좋습니다. 더 알고 싶은 것이 있으신가요?",
		who:        "이 문서를 바탕으로 질문에 답하고 답이 있는 곳을 보여 드리는 도우미입니다. 문서에 없으면 없다고 말씀드립니다. 무엇을 알고 싶으신가요?",
		refused:    "문서에 이 질문의 답이 없는 것 같습니다.",
		nearest:    "가장 가까운 페이지를 이 답변에 함께 표시했습니다.",
		outside:    "문서에 이에 대한 답이 없는 것 같습니다. 다음은 문서가 아니라 언어 모델의 일반 지식에서 나온 것이며 확인되지 않았습니다:",
		recited:    "어시스턴트에게 주어진 지침을 되풀이하기 시작하여 이 답변은 여기서 끝납니다.",
		nothingYet: "이 대화에서는 아직 답변한 것이 없습니다. 문서에서 무엇을 알고 싶으신가요?",
		needsModel: "그것은 할 수 없습니다. 답변을 다시 쓰려면 언어 모델이 필요하지만 여기에는 없습니다.",
		youAsked:   "이렇게 물으셨습니다: %s",
	},
}
