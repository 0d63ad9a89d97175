import { describe, expect, test } from 'vitest';
import type { GraphQuery, NewEdge } from '../../../src/domain/ports.ts';
import { alone, newAttempt } from '../made-rows.ts';
import type { OpenStore } from '../store-contract.ts';

function edge(sourceId: string, targetId: string, given: Partial<NewEdge> = {}): NewEdge {
  return {
    project: null,
    sourceId,
    targetId,
    relation: 'USES',
    weight: null,
    properties: null,
    createdAt: 'now',
    ...given,
  };
}

export function graphAndCounterContract(open: OpenStore): void {
  describe('edges', () => {
    const asked = (given: Partial<GraphQuery>): GraphQuery => ({
      scope: 'all',
      entity: 'a',
      direction: 'both',
      depth: 1,
      ...given,
    });
    const page = { limit: 50, offset: 0 };

    test('are one for the same triple of a project; what is given again replaces the old', async () => {
      const { store } = await open();
      expect(
        await store.putEdges([edge('a', 'b', { weight: 1 }), edge('a', 'b', { project: 'atlas' })]),
      ).toEqual({
        created: 2,
      });
      expect(await store.putEdges([edge('a', 'b', { properties: { why: 'x' } }), edge('b', 'a')])).toEqual({
        created: 1,
      });
      const { rows } = await store.edgesAround(asked({ scope: { project: null } }), page);
      expect(rows).toMatchObject([
        { sourceId: 'a', targetId: 'b', relation: 'USES', weight: 1, properties: { why: 'x' }, depth: 1 },
        { sourceId: 'b', targetId: 'a' },
      ]);
    });

    test('are found in their true direction, nearest first, each once, and cycles end', async () => {
      const { store } = await open();
      await store.putEdges([
        edge('a', 'b'),
        edge('b', 'c'),
        edge('c', 'a', { relation: 'CLOSES' }),
        edge('x', 'a'),
        edge('c', 'd'),
        edge('d', 'e'),
      ]);
      const pairs = async (given: Partial<GraphQuery>) => {
        const { rows } = await store.edgesAround(asked(given), page);
        return rows.map((row) => `${row.sourceId}${row.targetId}${row.depth}`);
      };
      expect(await pairs({ direction: 'outgoing' })).toEqual(['ab1']);
      expect(await pairs({ direction: 'incoming' })).toEqual(['ca1', 'xa1']);
      expect(await pairs({})).toEqual(['ab1', 'ca1', 'xa1']);
      expect(await pairs({ direction: 'outgoing', depth: 3 })).toEqual(['ab1', 'bc2', 'ca3', 'cd3']);
      expect(await pairs({ depth: 5 })).toEqual(['ab1', 'ca1', 'xa1', 'bc2', 'cd2', 'de3']);
      expect(await pairs({ relation: 'CLOSES', depth: 2 })).toEqual(['ca1']);
      expect(await pairs({ entity: 'nobody' })).toEqual([]);
      expect(await store.edgesAround(asked({}), { limit: 2, offset: 1 })).toMatchObject({
        more: false,
        rows: [{ sourceId: 'c' }, { sourceId: 'x' }],
      });
    });
  });

  describe('counters', () => {
    test('add up, over every opening of the store', async () => {
      const { store, reopen } = await open();
      expect(await store.counters()).toEqual(new Map());
      await store.addToCounters(
        new Map([
          ['calls', 2],
          ['ms', 0.5],
        ]),
      );
      const reopened = await reopen();
      await reopened.addToCounters(new Map([['calls', 3]]));
      expect(Object.fromEntries(await reopened.counters())).toEqual({ calls: 5, ms: 0.5 });
    });

    test('of outcomes leave out what says nothing about the code', async () => {
      const { store } = await open();
      await store.logAttempt(newAttempt({ result: 'fail' }), alone);
      await store.logAttempt(newAttempt({ result: 'fail', errorKind: 'environment' }), alone);
      await store.logAttempt(newAttempt({ result: 'fail', errorKind: 'flaky' }), alone);
      await store.logAttempt(newAttempt({ result: 'pass' }), () => ({
        familyId: null,
        links: [{ patternId: 1, contextType: 'informed_by', similarityScore: null }],
      }));
      expect(await store.attemptOutcomes()).toEqual({
        all: { pass: 1, fail: 1, partial: 0 },
        informed: { pass: 1, fail: 0, partial: 0 },
      });
      expect(await store.newestAttempts(2)).toEqual([4, 3]);
    });
  });
}
