/** Forms that the index's stemmer does not bring together, each group from the base form on. */
const verbs = `
  arise arose arisen, awake awoke awoken, bear bore borne born, beat beaten, become became, begin began begun, bend bent,
  bind bound, bite bit bitten, bleed bled, blow blew blown, break broke broken, breed bred, bring brought, build built,
  burn burnt, buy bought, catch caught, choose chose chosen, cling clung, come came, creep crept, deal dealt, dig dug,
  draw drew drawn, dream dreamt, drink drank drunk, drive drove driven, eat ate eaten, fall fell fallen, feed fed,
  feel felt, fight fought, find found, flee fled, fling flung, fly flew flown, forbid forbade forbidden,
  forget forgot forgotten, forgive forgave forgiven, freeze froze frozen, get got gotten, give gave given, go went gone,
  grind ground, grow grew grown, hang hung, hear heard, hide hid hidden, hold held, keep kept, kneel knelt,
  know knew known, lay laid, lead led, lean leant, leap leapt, learn learnt, leave left, lend lent, lie lay lain,
  light lit, lose lost, make made, mean meant, meet met, mistake mistook mistaken, overcome overcame, pay paid,
  rebuild rebuilt, rewrite rewrote rewritten, ride rode ridden, ring rang rung, rise rose risen, run ran, say said,
  see saw seen, seek sought, sell sold, send sent, sew sewn, shake shook shaken, shine shone, shoot shot, show shown,
  shrink shrank shrunk, sing sang sung, sink sank sunk, sit sat, sleep slept, slide slid, smell smelt,
  speak spoke spoken, speed sped, spell spelt, spend spent, spill spilt, spin spun, spoil spoilt, spring sprang sprung,
  stand stood, steal stole stolen, stick stuck, sting stung, strike struck, swear swore sworn, sweep swept,
  swell swollen, swim swam swum, swing swung, take took taken, teach taught, tear tore torn, tell told, think thought,
  throw threw thrown, undergo underwent, understand understood, undertake undertook, wake woke woken, wear wore worn,
  weave wove woven, weep wept, win won, wind wound, withdraw withdrew withdrawn, write wrote written`;

const nouns = `
  child children, man men, woman women, person people, foot feet, tooth teeth, goose geese, mouse mice, life lives,
  wife wives, knife knives, leaf leaves, shelf shelves, half halves, wolf wolves, thief thieves, loaf loaves,
  scarf scarves, calf calves, hoof hooves, analysis analyses, index indices, matrix matrices, vertex vertices,
  criterion criteria, datum data, medium media, basis bases, crisis crises, hypothesis hypotheses, thesis theses`;

const others = othersByForm();

/** The other forms of an English word that is irregular: `bought` → buy, `buying` → bought; [] for a regular one. */
export function irregularForms(word: string): readonly string[] {
  return others.get(word) ?? [];
}

function othersByForm(): Map<string, string[]> {
  const groups = `${verbs},${nouns}`.split(',').map((group) => group.trim().split(/\s+/));
  const found = new Map<string, string[]>();
  for (const group of groups) {
    for (const form of group) {
      const rest = group.filter((other) => other !== form);
      found.set(form, [...(found.get(form) ?? []), ...rest]);
    }
  }
  for (const [base, ...irregular] of groups) {
    for (const form of regularForms(base as string)) if (!found.has(form)) found.set(form, irregular);
  }
  return found;
}

/** More than there are: one that is no word is never asked about. */
function regularForms(base: string): string[] {
  const stem = base.replace(/ie$/, 'y').replace(/(?<!e)e$/, '');
  return [`${base}s`, `${base}es`, `${stem}ing`, `${base}${base.at(-1)}ing`];
}
