import { counter, gauge } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { defineFamily } from './define-family.js';
import { LabelSets } from './label-sets.js';
import { measure } from './measure.js';

const pass = {
  atMs: 5_000,
  answerMs: 1,
  connectMs: 1,
  takenAtMs: 0,
  memory: undefined,
  followUp: undefined,
  followUpMs: 0,
  followUpFailed: false,
};

test('what is not declared does not compile', () => {
  const family = defineFamily<string, number>()({
    name: 'connections',
    lane: 'fast',
    query: 'select 1',
    metrics: {
      omninode_open: gauge('connections', 'Open ones.', ['pool']),
      omninode_limit: gauge('connections', 'The limit.'),
      omninode_served_total: counter('connections', 'Served ones.', ['pool']),
    },
    events: { 'connections.full': { meaning: 'No more.', attributes: { limit: 'How many.' } } },
    toMeasurements(reply, record) {
      record.omninode_open(reply, { pool: 'server' });
      record.omninode_limit(reply);
      record.omninode_served_total(reply, { pool: 'server' }, null);
      record.event('connections.full', { limit: 3 });
      const refused = () => {
        // @ts-expect-error a metric that is not declared
        record.omninode_closed(1);
        // @ts-expect-error a label that is missing
        record.omninode_open(1);
        // @ts-expect-error another label than declared
        record.omninode_open(1, { server: 'a' });
        // @ts-expect-error one label more than declared
        record.omninode_open(1, { pool: 'a', server: 'b' });
        // @ts-expect-error a label on a metric without labels
        record.omninode_limit(1, { pool: 'a' });
        // @ts-expect-error a total without the start of its source
        record.omninode_served_total(1, { pool: 'a' });
        // @ts-expect-error a start on a gauge
        record.omninode_open(1, { pool: 'a' }, 0);
        // @ts-expect-error an event that is not declared
        record.event('connections.gone', { limit: 3 });
        // @ts-expect-error an attribute that is not declared
        record.event('connections.full', { limit: 3, count: 4 });
        // @ts-expect-error an attribute that is missing
        record.event('connections.full', {});
        // @ts-expect-error a status that only the loop gives
        record.report('unreachable', 'no');
        // @ts-expect-error the reply is a number
        reply.trim();
      };
      expect(refused).toBeTypeOf('function');
    },
  });
  expect(measure(family, 7, pass, new LabelSets(family)).values).toHaveLength(3);

  const parts = { name: 'x', lane: 'fast', query: 'select 1', toMeasurements: () => undefined } as const;
  // @ts-expect-error the prefix is missing
  defineFamily<string, number>()({ ...parts, metrics: { open: gauge('connections', 'Open ones.') } });
  // @ts-expect-error an unknown unit
  defineFamily<string, number>()({ ...parts, metrics: { omninode_open: gauge('minutes', 'Open ones.') } });
  // @ts-expect-error an unknown lane
  defineFamily<string, number>()({ ...parts, lane: 'hourly', metrics: {} });
});

test('a memory has the type that its reader gives', () => {
  const family = defineFamily<string, number>()({
    name: 'memory',
    lane: 'fast',
    query: 'select 1',
    metrics: { omninode_growth: gauge('rows', 'Growth.') },
    parseMemory: (json) => (typeof json === 'number' ? { before: json } : undefined),
    toMeasurements(reply, record, { memory }) {
      record.omninode_growth(memory && reply - memory.before);
      return { before: reply };
    },
  });
  const first = measure(family, 7, pass, new LabelSets(family));
  expect(first).toMatchObject({ values: [], memory: { before: 7 } });
  const second = measure(family, 9, { ...pass, memory: first.memory }, new LabelSets(family));
  expect(second.values).toMatchObject([{ name: 'omninode_growth', value: 2 }]);
});
