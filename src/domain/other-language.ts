import { stopWords } from './stop-words.ts';

/** Function words of other languages in Latin script. */
const languages: readonly ReadonlySet<string>[] = [
  // German
  `der die das den dem des ein eine einen einem einer eines und oder aber wenn weil dass daß ob als wie was wer wen wem
  wo wann warum wieso weshalb woher wohin wofür womit welche welcher welches welchen welchem ich du er sie es wir ihr
  mich mir uns euch ihn ihm ihnen sich diese dieser dieses diesem diesen mein meine unser unsere unseren unserem
  unserer sein seine ist sind war waren wird werden wurde wurden hat haben habe hatte hatten kann können könnte soll
  sollen sollte muss müssen darf will wollen man nicht kein keine keinen auch nur noch schon sehr mehr für von vom mit
  aus bei beim nach zu zum zur auf über unter vor durch gegen ohne um an am in im ins bis seit hier da dort dann denn
  so bitte gibt`,
  // French
  `le la les l un une des du de d et ou où mais donc que qu qui quoi quel quelle quels quelles quand comment pourquoi
  combien je j tu il elle on nous vous ils elles me m te t se s mon ma mes ton ta tes son sa ses notre nos votre vos
  leur leurs ce c cet cette ces est sont était étaient être a ont avons avez avoir été fait faire faut peut doit
  devons ne n pas plus sur sous dans en par pour avec sans chez entre depuis à au aux y si aussi très déjà ici ça cela
  dont`,
  // Spanish
  `el la los las lo un una unos unas de del al y o pero si que qué cual cuál cuales cuáles quien quién quienes donde
  dónde cuando cuándo como cómo cuanto cuánto cuánta cuántos cuántas por porque para con sin sobre entre desde hasta
  en a se me te nos le les mi mis tu tus su sus nuestro nuestra nuestros nuestras este esta esto estos estas ese esa
  eso es son era fue ser está están hay ha han he hemos tiene tenemos hace hacer puede podemos debe debemos no muy más
  ya también`,
  // Italian
  `il lo la i gli le l un uno una di d del dello della dei degli delle dal dalla da al allo alla ai alle nel nella nei
  nelle sul sulla con per tra fra su in a e o ma se che chi cosa quale quali quando dove come perché perche quanto
  quanta quanti quante non è sono era siamo ha ho abbiamo hanno avere essere stato stata viene può possiamo deve
  dobbiamo fare si ci mi ti vi mio mia nostro nostra nostri nostre questo questa questi queste quello quella più anche
  già`,
  // Portuguese
  `o a os as um uma uns umas de do da dos das no na nos nas em ao aos à às pelo pela por para com sem sobre entre até e
  ou mas se que qual quais quem onde quando como porque quanto quanta quantos quantas não nao é são sao era foi ser
  está estão tem temos têm há ter fazer faz fazemos pode podemos deve devemos eu ele ela nós você vocês seu sua seus
  suas meu minha nosso nossa nossos nossas este esta isto esse essa isso muito mais já também`,
  // Dutch
  `de het een en of maar als dat die dit deze er is zijn was waren wordt worden werd werden heeft hebben had kan kunnen
  moet moeten zal zou wil willen ik je jij hij zij wij we ze ons onze mijn jouw haar hun niet geen ook nog al wel naar
  van voor met op in uit bij aan over onder door tot om te wie wat waar wanneer waarom hoe welke welk hoeveel`,
  // Swedish
  `och eller men att det den de en ett som är var vad vem vilken vilket vilka när hur varför inte jag du han hon vi ni
  oss vår vårt våra min har hade kan ska måste från till för med på av om i under efter innan också bara denna detta
  dessa finns blir blev gör`,
  // Danish and Norwegian
  `og eller men at det den de en et som er var hvad hva hvem hvilken hvilket hvilke hvor når hvordan hvorfor hvornår
  ikke jeg du han hun vi os oss vores vår vårt våre min har havde hadde kan skal må fra til for med på av af om i over
  under efter etter også kun bare denne dette disse findes finnes bliver blir blev`,
  // Polish
  `i w z na do nie się sie jest są być był była było były to ta te ten co kto gdzie kiedy jak jaki jaka jakie jakiej
  jakim której który która które dlaczego ile czy że ale lub oraz dla od po przy przez przed nad pod za ze o a nasz
  nasza nasze naszego mamy ma może możemy można trzeba tylko już też jego jej ich tym tego tej`,
  // Czech
  `a i v ve z ze na do od po pro při před pod nad za s se si je jsou být byl byla bylo to ta ten co kdo kde kdy jak
  jaký jaká jaké jakou kterou který která které proč kolik zda že ale nebo není máme má mít může můžeme musí jen také
  už náš naše jeho její`,
  // Turkish
  `ve veya ile için bir bu şu o ne nedir neden nasıl niçin nerede nereye hangi hangisi kim kimin kaç mi mı mu mü var
  yok değil de da ki ama çok daha en gibi kadar sonra önce olan olarak biz bizim`,
].map(wordSet);

/** Of these, what is also a word of English, of names or of code: alone it tells no language. */
const ambiguous = wordSet(
  `af ai al ale alla als ama ao att au aus aux av bara bare bij bir bis biz bu ce che chez chi ci co com come comment
  como con cosa da daha dal das dat de dei del dem den der des det dette di die disse dit dont door dos dove du déjà
  el ela ele elle em en entre er era es esa ese est esta este et ett eu faire fait fare foi fra gli ha han har hat hay
  ho hoe hon hun ici il ile im ins ist jak je jen jest kan kde ki kim kun la las le les leur lo los lub ma maar man
  mas med men mes met mi mia min mio mis mit mon mu na nad nas ne nel ni nog non nos notre nous ob od og om ons op os
  ou par para pas plus po pod pode pour pro qu sa sans sao se sem ser ses si sie sin ska sobre som son sono sous stato
  su sua sul sur sus são ta te tem ten ter tes ti til till ton tot tra tu tus uit um uma un una uno vad van var vi von
  vor vos vous war wat wel wil ya za zal ze zij à über`,
);

/** Of the ambiguous ones, those in names of persons and places: even two of them (de la Cruz) tell no language. */
const inNames = wordSet('da das de del dei den der di do dos du el la las le les los notre van von');

/**
 * The function words of the language that a query is in, where it is one of these; null where it is English or cannot be
 * told, as that of key words and code. It takes a word that is not ambiguous, or two, and more of them than there are English
 * ones; of several languages the one with most.
 */
export function otherLanguageOf(query: string): ReadonlySet<string> | null {
  const words = wordsOf(query);
  let found: ReadonlySet<string> | null = null;
  let most = 0;
  for (const language of languages) {
    const own = words.filter((word) => language.has(word) && !stopWords.has(word));
    const english = words.filter((word) => stopWords.has(word) && !language.has(word));
    const isTold =
      own.some((word) => !ambiguous.has(word)) || (own.length > 1 && own.some((word) => !inNames.has(word)));
    if (!isTold || own.length <= Math.max(english.length, most)) continue;
    found = language;
    most = own.length;
  }
  return found;
}

/** Each once; without abbreviations in capitals (DER, IST, MIT) and letters that may be a variable or an elision. */
function wordsOf(query: string): string[] {
  const words = query.normalize().match(/[\p{L}\p{N}]+/gu) ?? [];
  const told = words.filter(
    (word) => /^[^a-z]$/i.test(word) || (word.length > 1 && word !== word.toUpperCase()),
  );
  return [...new Set(told.map((word) => word.toLowerCase()))];
}

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/));
}
