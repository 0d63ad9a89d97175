import { describe, expect, test } from 'vitest';
import { placeAttempt } from '../../src/domain/attempt-placement.ts';
import type { NewAttempt, RelatedAttempt } from '../../src/domain/ports.ts';
import { limits } from '../../src/limits.ts';
import { attempt, context, earlier } from './placed-attempts.ts';

const handler = { functionName: 'handler', nameKey: 'handler' };
const samePrompt = { promptKey: 'new prompt', nameKey: 'other', promptCosine: 1 };

describe('the family of a new attempt', () => {
  test.each<
    [
      name: string,
      more: Partial<NewAttempt>,
      related: RelatedAttempt[],
      family: number | null,
      files?: number,
    ]
  >([
    ['nothing earlier', {}, [], null],
    ['the same prompt', {}, [earlier(1, samePrompt)], 7],
    ['the same prompt in another file', {}, [earlier(1, { ...samePrompt, fileName: 'lib/x.py' })], 7],
    ['the same prompt without vectors', {}, [earlier(1, { ...samePrompt, promptCosine: null })], 7],
    ['the same prompt in another language', {}, [earlier(1, { ...samePrompt, language: 'rust' })], null],
    [
      'the same prompt, language unknown',
      { language: null },
      [earlier(1, { ...samePrompt, language: 'rust' })],
      7,
    ],
    [
      'the same prompt in a family with a member of another language',
      {},
      [earlier(1, samePrompt), earlier(2, { language: 'rust', isRepresentative: false })],
      null,
    ],
    ['the same prompt in another project', {}, [earlier(1, { ...samePrompt, sameProject: false })], null],
    [
      'the same prompt, the family is full',
      {},
      [earlier(1, { ...samePrompt, familySize: limits.familyMembersMax })],
      null,
    ],
    [
      'the same prompt, one family full and one open',
      {},
      [
        earlier(1, { ...samePrompt, familySize: limits.familyMembersMax }),
        earlier(2, { ...samePrompt, familyId: 8 }),
      ],
      8,
    ],
    ['the same name, a close prompt', {}, [earlier(1, { promptCosine: 0.6 })], 7],
    ['the same name, a prompt not close enough', {}, [earlier(1, { promptCosine: 0.58 })], null],
    ['the same name, no vector', {}, [earlier(1, { promptCosine: null })], null],
    [
      'the same name, close to a member only',
      {},
      [earlier(1, { promptCosine: 0.5 }), earlier(2, { isRepresentative: false })],
      null,
    ],
    ['another name, a close prompt', {}, [earlier(1, { nameKey: 'other' })], null],
    ['no name', { nameKey: null }, [earlier(1, { nameKey: null })], null],
    ['the same name in another file', {}, [earlier(1, { fileName: 'lib/x.py' })], null],
    ['the same name in the same file, spelled differently', { fileName: '.\\src\\time.py' }, [earlier(1)], 7],
    ['the same name, the earlier one without a file', {}, [earlier(1, { fileName: null })], 7],
    ['the same name, the new one without a file', { fileName: null }, [earlier(1)], 7],
    ['a name in as many files as a name may be', {}, [earlier(1)], 7, limits.functionNameFilesMax],
    ['a name in too many files', {}, [earlier(1)], null, limits.functionNameFilesMax + 1],
    [
      'no file known, a close prompt with other words',
      { ...handler, fileName: null, inputPrompt: 'add error handling to the request handler' },
      [
        earlier(1, {
          ...handler,
          fileName: null,
          promptCosine: 0.68,
          promptHead: 'handler: validate the request body',
        }),
      ],
      null,
    ],
    [
      'no file known, half of the words the same',
      { fileName: null, inputPrompt: 'validate the body of a request' },
      [earlier(1, { fileName: null, promptCosine: 0.5, promptHead: 'handler: validate the request body' })],
      7,
    ],
    [
      'no file known, the words the same, but not close',
      { fileName: null, inputPrompt: 'validate the body of a request' },
      [earlier(1, { fileName: null, promptCosine: 0.49, promptHead: 'handler: validate the request body' })],
      null,
    ],
    [
      'in the same file, a close prompt with other words',
      { inputPrompt: 'add error handling to the request handler' },
      [earlier(1, { promptCosine: 0.68, promptHead: 'handler: validate the request body' })],
      7,
    ],
    [
      'a name that gets into one file too many',
      { fileName: 'src/new.py' },
      [earlier(1, { fileName: null })],
      null,
      limits.functionNameFilesMax,
    ],
    [
      'two families by name: the closer one',
      {},
      [earlier(1, { promptCosine: 0.7 }), earlier(2, { familyId: 8, promptCosine: 0.9 })],
      8,
    ],
    ['a row without a family', {}, [earlier(1, { ...samePrompt, familyId: 0 })], null],
    [
      'the prompt decides before the name',
      {},
      [earlier(1, { promptCosine: 0.99 }), earlier(2, { ...samePrompt, familyId: 8 })],
      8,
    ],
  ])('%s', (_name, more, related, family, files = 1) => {
    expect(placeAttempt(attempt(more), context(related, files)).familyId).toBe(family);
  });
});

describe('links', () => {
  const kinds = (more: Partial<NewAttempt>, related: RelatedAttempt[]) =>
    placeAttempt(attempt({ result: 'fail', ...more }), context(related)).links.map((link) => [
      link.patternId,
      link.contextType,
      link.similarityScore,
    ]);

  test('the closest kind of each, closest first, with the true cosine', () => {
    const other = { nameKey: 'other', familyId: 9 };
    expect(
      kinds({ moduleName: 'time' }, [
        earlier(1, { ...other, fileName: 'a.py', moduleName: 'time', promptCosine: 0.9 }),
        earlier(2, { ...other, promptCosine: 0.4 }),
        earlier(3, { promptCosine: 0.7 }),
        earlier(4, { promptCosine: 0.8 }),
        earlier(5, { ...other, fileName: 'b.py' }),
        earlier(6, { sameProject: false }),
        earlier(7, { ...other, promptCosine: null }),
      ]),
    ).toEqual([
      [4, 'similar_function', 0.8],
      [3, 'similar_function', 0.7],
      [2, 'same_file', 0.4],
      [7, 'same_file', null],
      [1, 'same_module', 0.9],
    ]);
  });

  test('are bounded; what the attempt names comes on top of the bound', () => {
    const related = Array.from({ length: 30 }, (_, index) => earlier(index + 1, { repaired: true }));
    const links = placeAttempt(
      attempt({ usedPatternIds: [3, 99, 3], fixesPatternId: 98 }),
      context(related),
    ).links;
    expect(links.filter((link) => link.contextType === 'similar_function')).toHaveLength(
      limits.linkedPatternsMax,
    );
    expect(links.slice(limits.linkedPatternsMax)).toEqual([
      { patternId: 98, contextType: 'fixes', similarityScore: null, basis: 'explicit' },
      { patternId: 3, contextType: 'informed_by', similarityScore: 0.8 },
      { patternId: 99, contextType: 'informed_by', similarityScore: null },
    ]);
  });
});
