import { topicNames } from '@omninode/contracts';
import { nearest } from '@omninode/service-kit';
import { defineCommand, exitCodes } from '../command-line/command.js';
import { errors } from '../errors.js';
import { asJson } from './as-json.js';
import { asLines } from './as-lines.js';
import { Dictionaries } from './dictionaries.js';
import { onlyWanted, showRecord } from './shown-record.js';

/** `omninode tail`: what goes over the bus. */
export const tail = defineCommand({
  name: 'tail',
  summary: 'Follows the measurement topic of the mesh and shows what is sent, with its names.',
  usage: '',
  flags: {
    entity: { value: '<name>', meaning: 'Only what belongs to this target or service.' },
    metric: { value: '<name>', meaning: 'Only this metric; with * at its end, all that begin so.' },
    from: { value: 'beginning|now', meaning: 'Where to begin. Default: now.' },
    count: { value: '<n>', meaning: 'End after so many records. Default: until Ctrl-C.' },
    brokers: { value: '<host:9092,…>', meaning: 'The Kafka that carries the mesh. Default: OMNINODE_BUS_BROKERS.' },
    config: { value: '<file.yaml>', meaning: 'The file that says how to reach it. Default: OMNINODE_CONFIG.' },
    json: { meaning: 'One JSON object a record and line.' },
  },
  notes: [
    'The all-in-one (npm start) keeps its bus in a file that only one process can open. See what it received at\nhttp://127.0.0.1:8080/metrics and /api/v1/targets/<id>, or run the mesh on Kafka: npm run mesh.',
    'Nothing is left behind on the brokers: it reads without a consumer group. Encryption and login are set as for the mesh,\nby OMNINODE_BUS_TLS_… and OMNINODE_BUS_SASL_….',
    'Exit codes: 0 it came to its end, 2 the topic can not be read or the command is wrong, 130 Ctrl-C.',
  ],
  async run(given, [word], { out, tell, signal }) {
    if (word !== undefined) throw errors.ARGUMENT_TOO_MANY({ command: 'tail', usage: 'flags' });
    const from = beginOf(given.from ?? 'now');
    const count = countOf(given.count);
    // Only when it is wanted: it brings the Kafka client.
    const [{ findBus }, { readTopic }] = await Promise.all([import('./find-bus.js'), import('./read-topic.js')]);
    const dictionaries = new Dictionaries();
    const records = readTopic({
      connection: findBus(given),
      topic: topicNames().measurement,
      from,
      signal,
      onProblem: (error) => tell(`omninode: ${error.message}`),
    });
    let shown = 0;
    for await (const { record, isWanted } of records) {
      const all = showRecord(record, dictionaries);
      const wanted = isWanted ? onlyWanted(all, given) : undefined;
      if (!wanted) continue;
      await out.write(given.json ? asJson(wanted) : asLines(wanted));
      if (++shown === count) break;
    }
    return exitCodes.ok;
  },
});

function beginOf(given: string): 'beginning' | 'now' {
  if (given === 'beginning' || given === 'now') return given;
  const near = nearest(given, ['beginning', 'now']);
  const hint = near ? `Did you mean ${near}?` : '';
  throw errors.ARGUMENT_UNKNOWN({ given, what: 'where --from can begin: beginning or now', hint });
}

function countOf(given: string | undefined): number {
  if (given === undefined) return Infinity;
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given);
  throw errors.ARGUMENT_UNKNOWN({
    given,
    what: 'a number of records for --count',
    hint: 'It is a whole number from 1 on.',
  });
}
