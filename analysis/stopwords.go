package analysis

// Stop words, in lower case, as they stand before stemming; without
// apostrophes, as terms are ("dont"). They are what a question is put with,
// not what it is about.

const stopEnglish = `
a about after again all almost also although always am an and any anybody anyone anything are arent as at
be became because been before being between both but by
can cannot cant could couldnt did didnt do does doesnt doing done dont during
each either else etc ever every
for from further had has hasnt have havent having he her here hers him his how however
i if ill im in into is isnt it its itself ive
just let lets like
may maybe me might mine more most much must my myself
neither nor not of off on once one ones only or other our ours ourselves out over own
please possible quite rather really
same shall she should shouldnt since so some somebody someone something somehow somewhere still such
than thanks that thats the their theirs them then there theres these they theyre thing things this those though through to too
under until up upon us very via want wants was wasnt we well were werent what whats when whenever where whereas wheres
whether which while who whom whose why will with within without wont would wouldnt
used use uses using need needs happen happens actually exactly different know tell
yes yet you youd youll your youre yours yourself`

const stopGerman = `
aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes auch auf aus
bei beim bin bis bist bitte da dabei dadurch dafür daher damit dann daran darauf daraus darf das dass daß davon dazu
dein deine deinem deinen deiner dem den denn der deren des dessen die dies diese diesem diesen dieser dieses doch dort du durch
ein eine einem einen einer eines einige er es etwa etwas euch euer eure für gegen gibt
hab habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in indem ins ist
ja jede jedem jeden jeder jedes jene jetzt kann kannst kein keine keinem keinen keiner können könnte
lassen machen mal man manche mehr mein meine meinem meinen meiner mich mir mit möchte möglich muss musst müssen
nach nicht nichts noch nun nur ob oder ohne sehr sein seine seinem seinen seiner seit sich sie sind so solche soll sollen sollte sondern sonst
über um und uns unser unsere unter viel vom von vor
wann war waren warum was weil welche welchem welchen welcher welches wenn wer werde werden wie wieder wieso will wir wird wirst wo wohin wollen worden wurde wurden würde
zu zum zur zwar zwischen`

const stopFrench = `
à afin ai aie ainsi alors après as au aucun aucune aura aussi autre autres aux avant avec avez avoir avons
c ça car ce ceci cela celle celles celui ces cet cette ceux chaque chez ci comme comment
d dans de depuis des dois doit donc dont du elle elles en encore entre es est et étaient était étant être eu
fait faire faut fois font il ils j je l la là laquelle le lequel les lesquels leur leurs lors lorsque lui
m ma mais me même mes moi moins mon n ne ni non nos notre nous on ont ou où
par parce pas pendant peu peut peuvent peux plus plusieurs pour pourquoi pourrait puis puisque
qu quand que quel quelle quelles quels qui quoi
s sa sans se sera ses si sien son sont sous souvent sur t ta te tel telle tes toi ton tous tout toute toutes très tu
un une veux vers voici voilà vos votre voudrais vous y`

const stopSpanish = `
a al algo algún alguna algunas alguno algunos ante antes aquel aquella así aún aunque
bajo bien cada casi como cómo con contra cosa cual cuál cuáles cualquier cuando cuándo cuanto
de debe debo del desde donde dónde dos durante e el él ella ellas ellos en entonces entre era eran eres es esa esas ese eso esos
esta está están estar estas este esto estos estoy fue ha hace hacer hacia han hasta hay he
la las le les lo los más me mi mis mientras mismo mucho muy nada ni no nos nosotros nuestra nuestro
o os otra otras otro otros para pero poco podemos poder por porque puede pueden puedo pues
que qué quien quién quiero se sea según ser si sí sin sino sobre solo sólo son soy su sus
también tan tanto te tengo tiene tienen toda todas todo todos tu tú tus
u un una unas uno unos usted va ya y yo`

const stopItalian = `
a ad agli ai al alla alle allo anche ancora avere c che chi ci cioè col come con cosa così cui
da dagli dai dal dalla dalle dallo degli dei del dell della delle dello deve devo di dopo dove due
e è ed ecco era erano essere fa fare fra gli ha hai hanno ho i il in io l la le lei li lo loro lui
ma me mentre mi mia mie miei mio molto ne negli nei nel nell nella nelle nello no noi non nostra nostro
o ogni oppure per perché perciò più poi posso possono prima può qual quale quali quando quanto quella quelle quelli quello questa queste questi questo qui
se sei senza si sia siamo sono sta su sua sue sugli sui sul sulla sulle suo suoi tra tu tua tuo tutte tutti tutto
un una uno vi voglio voi vorrei`

const stopPortuguese = `
a à ao aos apenas após aquela aquele aqui as às assim até cada com como da das de dela dele deles depois desde dessa desse deste deve devo do dos
e é ela elas ele eles em entre era essa essas esse esses esta está estão estar este estes eu faz fazer foi
há isso isto já lá lhe lo mais mas me mesmo meu meus minha muito na nas nem no nos nossa nosso num numa
o onde os ou para pela pelas pelo pelos pode podem por porque porquê posso pra qual quais quando quanto que quê quem quero
se seja sem sempre ser seu seus só sob sobre sua suas também te tem têm tenho teu toda todas todo todos tu tua
um uma umas uns você vocês vou`

const stopDutch = `
aan al alle als altijd andere ben bij daar dan dat de deze die dit doe doen door dus
een eens en er ge geen geweest haar had heb hebben heeft het hem hen hier hij hoe hun
ik in is ja je jij jou jouw jullie kan kunnen maar me meer men met mij mijn moet moeten mogen
na naar niet niets nog nu of om omdat onder ons onze ook op over
te tegen toch toen tot u uit uw van veel voor waar waarom wanneer waren was wat we wel welke werd wezen wie wij wil willen word worden wordt
zal ze zelf zich zij zijn zo zonder zou`

const stopRussian = `
а без бы был была были было быть в вам вас весь вы где да даже для до его ее если есть еще ещё же за здесь
и из или им их к как какая какие какой ко когда кто ли либо мне можно мой мы на надо наш не него нее нет ни них но ну
о об однако он она они оно от очень по под при с свой со так также такой там те тем то тогда того тоже той только том ты
у уже хотя чего чей чем что чтобы эта эти это этого этой этот я`
