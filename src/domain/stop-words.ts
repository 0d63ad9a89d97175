/** English function words: they stand in every text and say nothing about its subject. */
export const stopWords: ReadonlySet<string> = new Set(
  `a an the this that these those
  i me my mine myself we us our ours you your yours he him his she her hers it its they them their theirs
  who whom whose which what when where why how
  am is are was were be been being do does did doing done have has had having
  can could will would shall should may might must
  and or but nor so if then else than because while although though as until unless whether
  of at by for with about against between into through during before after above below to from up down
  in out on off over under again further once per via upon within without
  here there all any both each few more most other some such no not only own same too very just also
  s t d ll m re ve don doesn didn isn aren wasn weren hasn haven hadn won wouldn couldn shouldn
  please`.split(/\s+/),
);
