// How fast a page of 5 MB is read: the text alone, what it says of breakers, and a whole pass of the family with what it remembers
// from the pass before. Once a page of a busy service, where one line in ten is of a breaker; once one of breakers only, more of
// them than are followed. Needs a build (`tsc -b libs/collectors/breaker`).
//   node bench/parse.mjs
import { LabelSets, measure } from '@omninode/collector-kit';
import { dialects } from '../dist/dialects.js';
import { observeExposition } from '../dist/exposition/observe-samples.js';
import { readSamples } from '../dist/exposition/read-samples.js';
import { breakers } from '../dist/families/breakers.js';

const rounds = 30;
const bytes = 5_000_000;

for (const [name, text] of [
  ['one line in ten, 200 breakers', pageOf(10, 200)],
  ['breakers only', pageOf(1, Infinity)],
]) {
  const breakersToldOf = observeExposition(text, dialects).observations.length;
  console.log(
    `\n${name}: ${(text.length / 1e6).toFixed(1)} MB, ${text.split('\n').length} lines, ${breakersToldOf} breakers`,
  );
  report('lines, none wanted', text, () => readSamples(text, () => false));
  report('lines, all wanted', text, () => readSamples(text, () => true));
  report('observations', text, () => observeExposition(text, dialects));
  report('a pass of the family', text, passes(text));
}

function report(what, text, work) {
  for (let round = 0; round < 5; round++) work(); // warm
  const took = Array.from({ length: rounds }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  }).sort((a, b) => a - b);
  const [median, slowest] = [took[rounds / 2], took.at(-1)];
  const speed = (text.length / 1e6 / (median / 1000)).toFixed(0);
  console.log(
    `  ${what.padEnd(22)} ${median.toFixed(1).padStart(7)} ms (slowest ${slowest.toFixed(1)}), ${speed} MB/s`,
  );
}

function passes(text) {
  const labelSets = new LabelSets(breakers);
  const reply = { text, format: 'prometheus', rules: [], criticality: 'unspecified', criticalities: {} };
  let [memory, atMs] = [undefined, 1_760_000_000_000];
  return () => {
    atMs += 10_000;
    memory = measure(breakers, reply, { atMs, memory, takenAtMs: 0, answerMs: 1 }, labelSets).memory;
  };
}

/** Lines of a service, of which every `share`th is of a breaker. */
function pageOf(share, count) {
  const lines = [];
  for (let size = 0, at = 0; size < bytes; at++) {
    const line = at % share === 0 ? breakerLine(at / share, count) : otherLine(at);
    lines.push(line);
    size += line.length + 1;
  }
  return `${lines.join('\n')}\n`;
}

function breakerLine(at, count) {
  const kinds = ['closed', 'open', 'half_open', 'forced_open', 'disabled', 'metrics_only'];
  const breaker = Math.floor(at / 8) % count;
  const name = `name="dependency-${breaker}"`;
  const of = at % 8;
  if (at >= 8 * count) return otherLine(at);
  if (of < 6)
    return `resilience4j_circuitbreaker_state{application="shop",group="none",${name},state="${kinds[of]}"} ${of === 0 ? '1.0' : '0.0'}`;
  if (of === 6)
    return `resilience4j_circuitbreaker_calls_seconds_count{application="shop",kind="successful",${name}} ${at}`;
  return `resilience4j_circuitbreaker_not_permitted_calls_total{application="shop",kind="not_permitted",${name}} 0.0`;
}

function otherLine(at) {
  return `http_server_requests_seconds_bucket{application="shop",method="GET",status="200",uri="/orders/{id}",le="0.${at % 1000}"} ${at}`;
}
