package chat

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// talk is what small talk is about; each beats those after it where a message
// has several: "hi, who are you?" asks who.
type talk int

const (
	noTalk talk = iota
	asksWho
	saysThanks
	saysGoodbye
	saysHello
	saysFine
	filler // what stands beside the others, and is nothing alone
)

// smallTalkOf tells small talk and its languages, BCP 47 bases, the likeliest
// first. Every word of the message has to belong to it: what is left of "hello
// world example" or "hi, how do I install it?" is a question.
func smallTalkOf(message string) (talk, []string) {
	words := plainWords(message)
	if len(words) > maxTalkWords {
		return noTalk, nil
	}
	if len(words) == 0 { // signs alone: a smile, an ellipsis
		return saysHello, anyLanguage()
	}
	is := filler
	var langs, beside []string // of what it is about, and of all
	for len(words) > 0 {
		p, n := longestPhrase(words)
		if n == 0 {
			return noTalk, nil
		}
		words = words[n:]
		if p.talk < is {
			is, langs = p.talk, p.langs
		}
		beside = narrowed(beside, p.langs)
	}
	if is == filler {
		return noTalk, nil
	}
	return is, narrowed(langs, beside)
}

// anyLanguage is all that small talk is answered in, English first.
func anyLanguage() []string {
	return append([]string{"en"}, slices.Sorted(maps.Keys(wordings))...)
}

// maxTalkWords is more than any small talk has. Characters that no blanks divide
// are a word each.
const maxTalkWords = 24

// plainWords are the words of a message in lower case, without punctuation,
// signs and apostrophes; characters that are written without blanks one by one.
func plainWords(message string) []string {
	var words []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	for _, r := range message {
		switch {
		case r == '\'' || r == '’':
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r == 'ー':
			end()
			words = append(words, string(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			word.WriteRune(unicode.ToLower(r))
		case strings.ContainsRune("-_/.#$@=+`", r) && word.Len() > 0:
			word.WriteRune(r) // a name, unless it ends here
		default:
			end()
		}
		if len(words) > maxPlainWords {
			return words
		}
	}
	end()
	for i, w := range words {
		words[i] = strings.TrimRight(w, "-_/.#$@=+`")
	}
	return words
}

// maxPlainWords is where reading a message's words ends.
const maxPlainWords = 60

// phrase is a part of small talk.
type phrase struct {
	talk  talk
	langs []string
	hello []string // languages in which a goodbye is a greeting, too
}

// longestPhrase gives the longest phrase that begins words, and its length.
func longestPhrase(words []string) (phrase, int) {
	for n := min(len(words), longest); n > 0; n-- {
		if p, is := phrases[strings.Join(words[:n], " ")]; is {
			return p, n
		}
	}
	return phrase{}, 0
}

// greets gives the languages in which a goodbye is a greeting, too ("ciao").
func greets(goodbye string) []string { return phrases[strings.Join(plainWords(goodbye), " ")].hello }

// narrowed gives what of a list is in another, too; the list where that is
// nothing, and the other where there is no list.
func narrowed(list, by []string) []string {
	if list == nil {
		return by
	}
	var both []string
	for _, l := range list {
		if slices.Contains(by, l) {
			both = append(both, l)
		}
	}
	if both == nil {
		return list
	}
	return both
}

// phrases are the table below by their words, and longest is the number of words
// of the longest.
var phrases, longest = func() (map[string]phrase, int) {
	all, most := map[string]phrase{}, 0
	for _, row := range talkTable {
		for _, text := range strings.Split(row.phrases, "|") {
			words := plainWords(text)
			key := strings.Join(words, " ")
			p, has := all[key]
			if !has {
				p.talk = row.talk
			}
			if has && p.talk == saysGoodbye && row.talk == saysHello {
				p.hello = append(p.hello, row.lang)
			}
			if !slices.Contains(p.langs, row.lang) {
				p.langs = append(p.langs, row.lang)
			}
			all[key] = p
			most = max(most, len(words))
		}
	}
	return all, most
}()

// replyTo is the server's answer to small talk.
func (w *wording) replyTo(t talk) string {
	switch t {
	case asksWho:
		return w.who
	case saysThanks:
		return w.thanks
	case saysGoodbye:
		return w.goodbye
	case saysHello:
		return w.greeting
	}
	return w.fine
}

// talkTable has what small talk is made of, by language; of a phrase that
// several have, the first row says what it is about.
var talkTable = []struct {
	lang    string
	talk    talk
	phrases string
}{
	{"en", saysHello, `morning|evening|hi|hello|hey|hiya|howdy|yo|greetings|good morning|good afternoon|good evening|good day|hello again|hi again|hey hey|whats up|how are you|how are you doing|hows it going|how is it going|nice to meet you|anybody there|anyone there|is anybody there|is anyone there|are you there`},
	{"en", saysThanks, `thanks|thank you|thx|ty|tysm|thankyou|thank u|cheers|many thanks|much appreciated|i appreciate it|i appreciate that|appreciate it|thanks a lot|thanks a bunch|thanks so much|thank you so much|thank you very much|thanks very much|that helped|that helps|that was helpful|very helpful|this helped|this helps|that helped a lot|that helps a lot|you are the best|youre the best|you rock|good bot|good job|well done|nice work|great answer|good answer|nice answer`},
	{"en", saysGoodbye, `bye|goodbye|good bye|bye bye|see you|see ya|see you later|see you soon|farewell|good night|have a nice day|have a good day|have a great day|take care|thats all|that is all|thats all for now|that will be all|im done|talk to you later`},
	{"en", saysFine, `ok|okay|k|great|perfect|awesome|cool|nice|excellent|good|fine|wonderful|amazing|brilliant|fantastic|got it|i see|understood|i understand|makes sense|that makes sense|alright|all right|sounds good|that worked|it works|it works now|it worked|that works|works now|works|now it works|solved|it is solved|problem solved|never mind|nevermind|no problem|sure|lol|haha|wow|i got it|gotcha|all good|no thanks|no thank you`},
	{"en", asksWho, `who are you|what are you|what can you do|what do you do|what can i ask|what can i ask you|what can you help me with|what can you help with|how can you help|how can you help me|how can you help me with|can you help|can you help me|can you help me please|could you help me|help me|i need help|i need your help|what is your name|whats your name|do you have a name|who made you|who built you|who created you|are you a bot|are you a robot|are you a human|are you human|are you real|are you a real person|are you an ai|are you ai|are you chatgpt|is this a bot|am i talking to a bot|am i talking to a human|am i talking to a person|what is this chat|introduce yourself|tell me about yourself|what are you good for|what are you for|how do you work|what do you know|what kind of questions can i ask|what questions can i ask|what should i ask`},
	{"en", filler, `for your help|for the help|for helping|for that|for this|for the answer|for your answer|for the quick reply|for the quick answer|for everything|for the info|for explaining|in advance|there|everyone|all|team|folks|guys|bot|assistant|docent|dear|friend|buddy|man|mate|sir|please|again|so|so much|very much|a lot|and|oh|well|then|now|for now|really|very|just|yes|yeah|yep|yup|no|nope|to you|too|today|ok so|again`},

	{"de", saysHello, `hallo|hi|hey|moin|moin moin|servus|grüß gott|grüss gott|grüezi|guten morgen|guten tag|guten abend|hallihallo|hallöchen|wie geht es dir|wie gehts|wie geht es ihnen|wie geht es|ist da jemand|jemand da|bist du da`},
	{"de", saysThanks, `danke|danke schön|dankeschön|danke sehr|vielen dank|herzlichen dank|besten dank|lieben dank|tausend dank|danke dir|danke ihnen|ich danke dir|ich danke ihnen|dank dir|das hat geholfen|das hilft|das hilft mir|das war hilfreich|sehr hilfreich|hat geholfen|merci`},
	{"de", saysGoodbye, `tschüss|tschüß|tschau|ciao|auf wiedersehen|wiedersehen|bis bald|bis später|bis dann|bis morgen|mach es gut|machs gut|gute nacht|schönen tag|schönen tag noch|einen schönen tag|einen schönen tag noch|das war alles|das wars`},
	{"de", saysFine, `ok|okay|gut|sehr gut|prima|toll|klasse|perfekt|alles klar|verstanden|ich verstehe|verstehe|passt|das passt|das klappt|es klappt|klappt|es funktioniert|jetzt geht es|es geht|geht|läuft|wunderbar|ausgezeichnet|schon gut|stimmt|genau|alles gut|nein danke`},
	{"de", asksWho, `wer bist du|wer sind sie|was bist du|was kannst du|was können sie|was kannst du alles|was machst du|wie heißt du|wie heisst du|wie heißen sie|bist du ein bot|bist du ein mensch|bist du eine ki|sind sie ein bot|sind sie ein mensch|wobei kannst du helfen|wobei kannst du mir helfen|wobei können sie mir helfen|wie kannst du mir helfen|kannst du mir helfen|können sie mir helfen|ich brauche hilfe|hilf mir|was kann ich fragen|was kann ich dich fragen|was weißt du|stell dich vor|wer hat dich gemacht|wofür bist du da`},
	{"de", filler, `für die hilfe|für deine hilfe|für ihre hilfe|für die antwort|für die schnelle antwort|im voraus|zusammen|super|alle|ihr|leute|team|bitte|nochmal|nochmals|noch|noch mal|und|sehr|auch|ja|nein|also|so|dir|ihnen|euch|dann|jetzt|mal|viel`},

	{"fr", saysHello, `bonjour|salut|bonsoir|coucou|hello|rebonjour|bonjour à tous|comment ça va|comment vas tu|comment allez vous|comment allez-vous|ça va|il y a quelquun|y a quelquun`},
	{"fr", saysThanks, `merci|merci beaucoup|merci bien|grand merci|mille mercis|un grand merci|merci infiniment|je vous remercie|je te remercie|ça ma aidé|cela ma aidé|cest très utile|très utile`},
	{"fr", saysGoodbye, `au revoir|à bientôt|à plus|à plus tard|à demain|bonne journée|bonne soirée|bonne nuit|adieu|cest tout|ce sera tout|salut et à bientôt`},
	{"fr", saysFine, `ok|daccord|parfait|génial|très bien|bien|excellent|compris|jai compris|je comprends|je vois|ça marche|ça fonctionne|cest bon|entendu|formidable|non merci`},
	{"fr", asksWho, `qui es tu|qui es-tu|qui êtes vous|qui êtes-vous|tu es qui|vous êtes qui|que peux tu faire|que peux-tu faire|que pouvez vous faire|que pouvez-vous faire|quest ce que tu peux faire|quest-ce que tu peux faire|quest-ce que vous pouvez faire|que sais tu faire|que sais-tu faire|comment tu tappelles|comment tappelles tu|comment tappelles-tu|comment vous appelez-vous|quel est ton nom|quel est votre nom|es tu un robot|es-tu un robot|êtes-vous un robot|es-tu humain|es tu humain|es-tu une ia|peux-tu maider|peux tu maider|pouvez-vous maider|pouvez vous maider|aide moi|aide-moi|aidez-moi|jai besoin daide|que puis-je demander|que puis-je te demander|à quoi sers-tu`},
	{"fr", filler, `pour votre aide|pour ton aide|de votre aide|pour laide|pour la réponse|pour votre réponse|davance|à tous|super|tout le monde|beaucoup|bien|très|encore|encore une fois|sil vous plaît|sil te plaît|svp|stp|et|oui|non|alors|à vous|à toi|aussi|tous|pour tout`},

	{"es", saysHello, `hola|buenas|buenos días|buenos dias|buen día|buenas tardes|buenas noches|qué tal|que tal|cómo estás|como estas|cómo está|cómo te va|saludos|hay alguien|hay alguien ahí`},
	{"es", saysThanks, `gracias|muchas gracias|mil gracias|muchísimas gracias|te lo agradezco|se lo agradezco|eso ayuda|me ayudó|me ha ayudado|muy útil|fue muy útil`},
	{"es", saysGoodbye, `adiós|adios|hasta luego|hasta pronto|hasta mañana|hasta la vista|nos vemos|chao|chau|que tengas un buen día|que tenga un buen día|eso es todo`},
	{"es", saysFine, `ok|vale|perfecto|genial|muy bien|bien|excelente|entendido|entiendo|ya entiendo|de acuerdo|estupendo|fantástico|funciona|ya funciona|listo|bueno|no gracias`},
	{"es", asksWho, `quién eres|quien eres|quién es usted|qué eres|que eres|qué puedes hacer|que puedes hacer|qué sabes hacer|qué puede hacer|qué haces|cómo te llamas|como te llamas|cuál es tu nombre|eres un bot|eres un robot|eres humano|eres una persona|eres una ia|puedes ayudarme|me puedes ayudar|puede ayudarme|me puede ayudar|ayúdame|ayudame|necesito ayuda|qué puedo preguntar|qué te puedo preguntar|en qué puedes ayudarme|en qué me puedes ayudar|para qué sirves`},
	{"es", filler, `por tu ayuda|por su ayuda|por la ayuda|por todo|por la respuesta|de antemano|a todos|todos|mucho|por favor|otra vez|de nuevo|y|sí|si|no|muy|también|amigo|pues|entonces|a ti|a usted`},

	{"pt", saysHello, `olá|ola|oi|bom dia|boa tarde|boa noite|e aí|tudo bem|como vai|como está|como estás|como você está|saudações|tem alguém aí`},
	{"pt", saysThanks, `obrigado|obrigada|muito obrigado|muito obrigada|brigado|brigada|valeu|grato|grata|agradeço|isso ajudou|ajudou muito|muito útil|foi muito útil`},
	{"pt", saysGoodbye, `tchau|adeus|até logo|até mais|até breve|até amanhã|até a próxima|tenha um bom dia|um bom dia|é só isso|era só isso`},
	{"pt", saysFine, `ok|certo|perfeito|ótimo|ótima|muito bem|excelente|entendi|entendido|compreendo|percebi|beleza|tá bom|está bem|funcionou|agora funciona|não obrigado|não obrigada`},
	{"pt", asksWho, `quem é você|quem és|quem és tu|o que é você|o que você é|o que você faz|o que você pode fazer|o que podes fazer|o que fazes|o que você sabe fazer|qual é o seu nome|qual é o teu nome|como você se chama|como te chamas|você é um robô|você é um bot|és um robô|você é humano|pode me ajudar|você pode me ajudar|podes ajudar-me|pode ajudar-me|me ajuda|me ajude|preciso de ajuda|o que posso perguntar|para que você serve`},
	{"pt", filler, `pela ajuda|pela sua ajuda|pela resposta|por tudo|desde já|a todos|pessoal|gente|muito|por favor|de novo|novamente|e|sim|não|também|mesmo|então`},

	{"it", saysHello, `ciao|salve|buongiorno|buon giorno|buonasera|buona sera|buon pomeriggio|come va|come stai|come sta|cè qualcuno`},
	{"it", saysThanks, `grazie|grazie mille|molte grazie|tante grazie|mille grazie|ti ringrazio|la ringrazio|grazie di cuore|mi ha aiutato|molto utile|è stato utile|è stato molto utile`},
	{"it", saysGoodbye, `arrivederci|arrivederla|addio|a presto|a dopo|a domani|ci vediamo|buona notte|buonanotte|buona giornata|buona serata|è tutto|questo è tutto`},
	{"it", saysFine, `ok|va bene|perfetto|ottimo|bene|benissimo|molto bene|eccellente|capito|ho capito|capisco|daccordo|funziona|ora funziona|adesso funziona|fantastico|bravo|bravissimo|no grazie`},
	{"it", asksWho, `chi sei|chi è lei|che cosa sei|cosa sei|cosa puoi fare|che cosa puoi fare|cosa sai fare|che cosa sai fare|cosa fai|come ti chiami|qual è il tuo nome|sei un bot|sei un robot|sei umano|sei una persona|sei unia|puoi aiutarmi|mi puoi aiutare|può aiutarmi|mi può aiutare|aiutami|ho bisogno di aiuto|cosa posso chiedere|cosa posso chiederti|a cosa servi`},
	{"it", filler, `per laiuto|per il tuo aiuto|per il suo aiuto|per la risposta|in anticipo|di tutto|a tutti|tutti|mille|tanto|molto|per favore|per piacere|di nuovo|ancora|e|sì|si|no|anche|allora|a te|a lei`},

	{"nl", saysHello, `hallo|hoi|hey|hi|goedemorgen|goedemiddag|goedenavond|goeiedag|goedendag|hoe gaat het|hoe gaat het met je`},
	{"nl", saysThanks, `dank je|dank je wel|dankjewel|dank u|dank u wel|dankuwel|bedankt|hartelijk dank|hartelijk bedankt|veel dank|heel erg bedankt|dat helpt`},
	{"nl", saysGoodbye, `doei|tot ziens|tot straks|tot later|tot morgen|fijne dag|fijne dag nog|welterusten|dat was het`},
	{"nl", saysFine, `oké|oke|ok|prima|goed|heel goed|mooi|perfect|duidelijk|begrepen|ik begrijp het|snap ik|het werkt|nee bedankt`},
	{"nl", asksWho, `wie ben je|wie ben jij|wie bent u|wat ben je|wat kun je|wat kan je|wat kun je doen|wat kan je doen|wat kunt u|hoe heet je|hoe heet jij|ben je een bot|ben je een mens|kun je me helpen|kan je me helpen|kunt u me helpen|kunt u mij helpen|help mij|ik heb hulp nodig|wat kan ik vragen`},
	{"nl", filler, `voor de hulp|voor je hulp|voor uw hulp|voor het antwoord|alvast|allemaal|top|iedereen|heel erg|erg|alstublieft|alsjeblieft|nog|nogmaals|en|ja|nee|ook|dan`},

	{"ru", saysHello, `привет|здравствуйте|здравствуй|добрый день|доброе утро|добрый вечер|приветствую|хай|как дела`},
	{"ru", saysThanks, `спасибо|большое спасибо|спасибо большое|огромное спасибо|спасибо огромное|благодарю|благодарю вас|спасибо за помощь|спасибо за ответ|спс|очень помогло`},
	{"ru", saysGoodbye, `пока|до свидания|до встречи|всего доброго|всего хорошего|удачи|спокойной ночи|хорошего дня`},
	{"ru", saysFine, `ок|окей|хорошо|отлично|понятно|понял|поняла|ясно|всё работает|все работает|работает|ладно`},
	{"ru", asksWho, `кто ты|кто вы|ты кто|что ты умеешь|что вы умеете|что ты можешь|как тебя зовут|как вас зовут|ты бот|вы бот|ты человек|помоги|помоги мне|помогите|помогите мне|мне нужна помощь|ты можешь помочь|вы можете помочь|что можно спросить`},
	{"ru", filler, `всем|вам|тебе|очень|пожалуйста|ещё|еще|и|да|нет|ещё раз|еще раз`},

	{"ja", saysHello, `こんにちは|こんばんは|おはよう|おはようございます|やあ|はじめまして|初めまして|どうも|もしもし|ハロー|よろしく|よろしくお願いします|お元気ですか`},
	{"ja", saysThanks, `ありがとう|ありがとうございます|ありがとうございました|有難う|有難うございます|有り難うございます|感謝します|助かりました|助かります|サンキュー|どうもありがとう|どうもありがとうございます|どうもありがとうございました|とても役に立ちました|役に立ちました`},
	{"ja", saysGoodbye, `さようなら|さよなら|またね|じゃあね|では また|ではまた|おやすみ|おやすみなさい|お疲れ様|お疲れ様でした|失礼します|バイバイ`},
	{"ja", saysFine, `了解|了解です|了解しました|わかりました|分かりました|わかった|なるほど|オーケー|いいですね|完璧です|素晴らしい|はい|大丈夫です|できました|動きました`},
	{"ja", asksWho, `あなたは誰ですか|あなたは誰|誰ですか|あなたは何ですか|何ができますか|なにができますか|あなたは何ができますか|何ができるの|お名前は|名前は何ですか|あなたの名前は何ですか|ロボットですか|あなたはロボットですか|人間ですか|aiですか|あなたはaiですか|助けてください|手伝ってください|手伝ってくれますか|何を聞けますか|何を質問できますか`},
	{"ja", filler, `本当に|大変|とても|皆さん|みなさん|また|ね|よ|ございます|すごく|では|それでは`},

	{"zh", saysHello, `你好|您好|你们好|大家好|嗨|哈喽|早上好|下午好|晚上好|早安|早|你好吗|在吗|有人吗|喂`},
	{"zh", saysThanks, `谢谢|谢谢你|谢谢您|多谢|非常感谢|感谢|感谢你|感谢您|太感谢了|谢谢你的帮助|谢谢您的帮助|感谢您的帮助|谢了|谢谢啦|謝謝|多謝|很有帮助|有帮助`},
	{"zh", saysGoodbye, `再见|拜拜|回头见|下次见|明天见|晚安|再會|再見|祝你愉快`},
	{"zh", saysFine, `好的|好|好吧|明白了|明白|知道了|懂了|了解|了解了|可以|可以了|太好了|很好|完美|不错|没问题|收到|解决了|好了`},
	{"zh", asksWho, `你是谁|您是谁|你是什么|你能做什么|您能做什么|你会做什么|你会什么|你可以做什么|你能干什么|你叫什么|你叫什么名字|您叫什么名字|你是机器人吗|你是人吗|你是ai吗|你能帮我吗|你可以帮我吗|能帮我吗|帮帮我|我需要帮助|我可以问什么|我能问什么|介绍一下你自己|你有什么功能`},
	{"zh", filler, `啊|呀|吧|了|的|哦|嗯|哈哈|真的|非常|请|大家|朋友|那`},

	{"ko", saysHello, `안녕|안녕하세요|안녕하십니까|반갑습니다|반가워요|반가워|여보세요|좋은 아침`},
	{"ko", saysThanks, `고마워|고마워요|고맙습니다|감사합니다|감사해요|감사|정말 감사합니다|도움이 되었습니다|도움이 됐어요|도와주셔서 감사합니다`},
	{"ko", saysGoodbye, `안녕히 가세요|안녕히 계세요|잘 가|잘 있어|또 봐요|다음에 봐요|수고하세요|잘 자`},
	{"ko", saysFine, `네|넵|좋아요|좋습니다|알겠습니다|알겠어요|알았어요|이해했어요|이해했습니다|완벽해요|됐어요|해결됐어요`},
	{"ko", asksWho, `누구세요|누구입니까|넌 누구야|너는 누구야|당신은 누구입니까|당신은 누구세요|무엇을 할 수 있나요|뭘 할 수 있어|뭐 할 수 있어|무엇을 할 수 있습니까|이름이 뭐예요|이름이 뭐야|로봇이에요|사람이에요|도와주세요|도와줘|무엇을 물어볼 수 있나요`},
	{"ko", filler, `정말|매우|너무|아주|모두|여러분|다시|그리고`},
}
