import { limits } from '../limits.ts';
import type { AttemptContext, AttemptLink, NewAttempt, RelatedAttempt } from './ports.ts';
import { sameFile } from './repairs.ts';
import { sharedWords, taskWords } from './task-words.ts';

/**
 * When two prompts of a function with the same name are one task. In the same file their closeness tells. Where
 * that is not known, prompts are close for what all prompts have in common too ("write a function that …",
 * the same types), so half of the words that tell tasks apart must be the same as well. Measured on 2,244
 * recorded attempts, whose files are not known: docs/code-pattern-memory.md.
 */
const sameFileCosineMin = 0.59;
const sharedWordsCosineMin = 0.5;
const sharedWordsMin = 0.5;

interface Family {
  id: number;
  members: RelatedAttempt[];
  representative: RelatedAttempt | undefined;
}

/**
 * The family (the attempts at one task) that a new attempt joins; null for a new one. The same prompt is the same task. So is the same function name with a prompt close to that of the family's
 * first attempt, unless the name is in a different file or in too many files to mean one thing. Never across
 * projects, never between two languages, and a full family takes no more.
 */
export function familyOf(attempt: NewAttempt, context: AttemptContext): number | null {
  const open = groupFamilies(context.related).filter((family) => mayGrow(family, attempt));
  const byPrompt = open.filter(({ members }) =>
    members.some((member) => member.promptKey === attempt.promptKey),
  );
  if (byPrompt.length > 0) return Math.min(...byPrompt.map((family) => family.id));
  if (attempt.nameKey === null || isEverywhere(attempt, context)) return null;
  let best: { id: number; cosine: number } | null = null;
  const words = taskWords(headOfPrompt(attempt.inputPrompt), attempt.functionName);
  for (const family of open) {
    const cosine = family.representative?.promptCosine ?? null;
    if (cosine === null || !sharesName(family, attempt)) continue;
    if (!isSameTask(family, attempt, words, cosine)) continue;
    if (best === null || cosine > best.cosine) best = { id: family.id, cosine };
  }
  return best?.id ?? null;
}

function groupFamilies(related: readonly RelatedAttempt[]): Family[] {
  const families = new Map<number, Family>();
  for (const member of related) {
    // 0 stands for a row that has no family yet.
    if (!member.sameProject || member.familyId === 0) continue;
    const family = families.get(member.familyId) ?? {
      id: member.familyId,
      members: [],
      representative: undefined,
    };
    family.members.push(member);
    if (member.isRepresentative) family.representative = member;
    families.set(member.familyId, family);
  }
  return [...families.values()];
}

function mayGrow({ members }: Family, attempt: NewAttempt): boolean {
  if (members.some((member) => member.familySize >= limits.familyMembersMax)) return false;
  if (attempt.language === null) return true;
  return members.every((member) => member.language === null || member.language === attempt.language);
}

function sharesName({ members }: Family, attempt: NewAttempt): boolean {
  const named = members.filter((member) => member.nameKey === attempt.nameKey);
  if (named.length === 0) return false;
  const files = named.flatMap((member) => member.fileName ?? []);
  return (
    attempt.fileName === null || files.length === 0 || files.some((file) => sameFile(file, attempt.fileName))
  );
}

function isSameTask(
  { members, representative }: Family,
  attempt: NewAttempt,
  words: ReadonlySet<string>,
  cosine: number,
): boolean {
  const first = representative?.promptHead ?? null;
  const shared = first === null ? null : sharedWords(words, taskWords(first, attempt.functionName));
  const inSameFile = members.some((member) => sameFile(member.fileName, attempt.fileName));
  if ((shared === null || inSameFile) && cosine >= sameFileCosineMin) return true;
  return shared !== null && shared >= sharedWordsMin && cosine >= sharedWordsCosineMin;
}

function headOfPrompt(prompt: string): string {
  return prompt.slice(0, limits.promptComparedCharactersMax);
}

/** `main`, `handler` and `render` are in many files and say nothing about the task. */
function isEverywhere(attempt: NewAttempt, { related, filesOfName }: AttemptContext): boolean {
  const isNewFile =
    attempt.fileName !== null &&
    !related.some((earlier) => earlier.nameKey === attempt.nameKey && earlier.fileName === attempt.fileName);
  return filesOfName + (isNewFile ? 1 : 0) > limits.functionNameFilesMax;
}

const kindsBestFirst = ['similar_function', 'same_file', 'same_module'] as const;

/** One link for each earlier attempt, of the closest kind that fits; the closest kinds and prompts first. */
export function similarityLinks(
  attempt: NewAttempt,
  related: readonly RelatedAttempt[],
  familyId: number | null,
): AttemptLink[] {
  const links = related.flatMap((earlier): AttemptLink[] => {
    if (!earlier.sameProject) return [];
    const contextType = kindOf(attempt, earlier, familyId);
    if (contextType === null) return [];
    return [{ patternId: earlier.patternId, contextType, similarityScore: earlier.promptCosine }];
  });
  const rank = (link: AttemptLink) =>
    kindsBestFirst.indexOf(link.contextType as (typeof kindsBestFirst)[number]);
  return links
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        (b.similarityScore ?? -1) - (a.similarityScore ?? -1) ||
        b.patternId - a.patternId,
    )
    .slice(0, limits.linkedPatternsMax);
}

function kindOf(
  attempt: NewAttempt,
  earlier: RelatedAttempt,
  familyId: number | null,
): (typeof kindsBestFirst)[number] | null {
  const sameName = attempt.nameKey !== null && attempt.nameKey === earlier.nameKey;
  if (sameName || (familyId !== null && familyId === earlier.familyId)) return 'similar_function';
  if (sameFile(attempt.fileName, earlier.fileName)) return 'same_file';
  return attempt.moduleName !== null && attempt.moduleName === earlier.moduleName ? 'same_module' : null;
}
