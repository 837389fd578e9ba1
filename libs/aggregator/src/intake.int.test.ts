import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { contentTypes, decodeRecord } from '@omninode/contracts';
import { malformedRecords } from '@omninode/contracts/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from './testing/eventually.js';
import { startMeshService, type MeshService } from './testing/mesh-service.js';
import { columns, envelope, post, recordsType, rows } from './testing/posting.js';

let mesh: MeshService;
beforeAll(async () => {
  mesh = await startMeshService(['--http.requestTimeout=1s', '--http.bodyLimit=64KiB']);
});
afterAll(() => mesh.stop());

describe('what is sent', () => {
  test('as one row record shows up on the page', async () => {
    expect(await post(mesh.url, rows('bern', 7))).toMatchObject({ status: 202, body: { accepted: 1 } });
    await eventually(async () => expect(await page()).toContain('open_orders{shop="bern",instance=""} 7\n'));
  });

  test('as a list of rows keeps each its own bytes', async () => {
    const first = rows('basel', 1, {
      events: [{ name: 'shop.opened', time: Date.now(), attributes: { 'a]\\"': '},[' } }],
    });
    const second = ` \n${rows('zug', 2)} `;
    expect(await post(mesh.url, `[${first},${second}]`)).toMatchObject({ status: 202, body: { accepted: 2 } });
    await eventually(async () => expect(await page()).toContain('open_orders{shop="zug",instance=""} 2\n'));
    expect(await lying('basel', 'zug')).toEqual([
      { key: 'basel', type: contentTypes.rows, value: first },
      { key: 'zug', type: contentTypes.rows, value: second },
    ]);
  });

  test('in columns, one record a request, with the entity in a header or in the record', async () => {
    const [dictionary, data] = columns('chur', 5);
    const headers = { 'content-type': contentTypes.columns };
    expect((await post(mesh.url, dictionary, { ...headers, 'x-omninode-entity': 'chur' })).status).toBe(202);
    expect((await post(mesh.url, data, headers)).status).toBe(202);
    await eventually(async () => expect(await page()).toContain('open_orders{shop="chur",instance=""} 5\n'));
    expect(await lying('chur')).toEqual([
      { key: 'chur', type: contentTypes.columns, value: dictionary },
      { key: 'chur', type: contentTypes.columns, value: data },
    ]);
  });

  test('as several records of both encodings in one request', async () => {
    const [dictionary, data] = columns('genf', 6);
    const text = rows('lugano', 8);
    const body = envelope(
      ['genf', contentTypes.columns, dictionary],
      ['lugano', contentTypes.rows, text],
      ['genf', contentTypes.columns, data],
    );
    expect(await post(mesh.url, body, { 'content-type': recordsType })).toMatchObject({ body: { accepted: 3 } });
    await eventually(async () => expect(await page()).toContain('open_orders{shop="genf",instance=""} 6\n'));
    await eventually(async () => expect(await page()).toContain('open_orders{shop="lugano",instance=""} 8\n'));
    expect((await lying('genf', 'lugano')).map(({ value }) => value)).toEqual([dictionary, data, text]);
  });

  test('of a kind that a later version knows is passed on', async () => {
    const later = JSON.stringify({ v: 1, k: 'trace', e: 'olten' });
    expect((await post(mesh.url, later, { 'content-type': contentTypes.columns })).status).toBe(202);
    const nobody = JSON.stringify({ v: 1, k: 'trace' });
    expect((await post(mesh.url, nobody, { 'content-type': contentTypes.columns })).status).toBe(400);
  });
});

describe('of what can not be taken nothing is', () => {
  let before = 0;
  beforeEach(async () => void (before = (await mesh.records()).length));
  afterEach(async () => expect((await mesh.records()).length).toBe(before));

  const good = rows('bern', 1);
  const column = { 'content-type': contentTypes.columns };
  const records = { 'content-type': recordsType };
  test.each<[string, string, Record<string, string>, object]>([
    ['no JSON', 'open=7', {}, { index: 0, code: 'invalid_json', path: '' }],
    ['nothing', '', {}, { index: 0, code: 'empty_record', path: '' }],
    ['no object', '7', {}, { code: 'invalid_field', path: '' }],
    ['another version', rows('bern', 1, { v: 2 }), {}, { code: 'unsupported_version', path: '' }],
    ['no entity', rows('bern', 1, { entity: undefined }), {}, { code: 'invalid_identity', path: '' }],
    ['seconds for milliseconds', rows('bern', 1, { time: 1_790_000_000 }), {}, { code: 'invalid_time', path: '' }],
    ['a value in quotes', rows('bern', '7'), {}, { code: 'invalid_value', path: 'points[0]' }],
    [
      'a bad one in a list',
      `[${good},${rows('bern', null)}]`,
      {},
      { index: 1, code: 'invalid_value', path: '[1].points[0]' },
    ],
    ['a list without end', `[${good}`, {}, { index: 0, code: 'invalid_json', path: '' }],
    ['a list and more', `[${good}],[]`, {}, { index: 0, code: 'invalid_json', path: '' }],
    ['a hole in a list', `[${good},]`, {}, { index: 1, code: 'empty_record', path: '[1]' }],
    [
      'columns of another version',
      columns('bern', 1)[0],
      { 'content-type': 'application/vnd.omninode.columns+json; v=2' },
      { code: 'unsupported_version' },
    ],
    [
      'columns of another entity',
      columns('bern', 1)[0],
      { ...column, 'x-omninode-entity': 'basel' },
      { code: 'key_mismatch' },
    ],
    ['rows as columns', good, column, { code: 'invalid_field' }],
    ['no records', '{}', records, { index: 0, code: 'invalid_field', path: 'records' }],
    ['null', 'null', records, { index: 0, code: 'invalid_field', path: 'records' }],
    ['records that are no JSON', '{"records":[', records, { code: 'invalid_json', path: '' }],
    ['a record that is none', '{"records":[7]}', records, { index: 0, code: 'invalid_field', path: 'records[0]' }],
    ['a record without key', '{"records":[{"value":"e30="}]}', records, { path: 'records[0].key' }],
    [
      'no base64',
      '{"records":[{"key":"a","value":"%%%"}]}',
      records,
      { code: 'invalid_field', path: 'records[0].value' },
    ],
    [
      'base64 without its padding',
      '{"records":[{"key":"a","value":"e30"}]}',
      records,
      { code: 'invalid_field', path: 'records[0].value' },
    ],
    [
      'a record without a value',
      '{"records":[{"key":"a"}]}',
      records,
      { code: 'invalid_field', path: 'records[0].value' },
    ],
    [
      'a tombstone',
      '{"records":[{"key":"a","value":null}]}',
      records,
      { code: 'invalid_field', path: 'records[0].value' },
    ],
    [
      'a record of no bytes',
      '{"records":[{"key":"a","value":""}]}',
      records,
      { code: 'empty_record', path: 'records[0].value' },
    ],
    [
      'a number for a content type',
      '{"records":[{"key":"a","value":"e30=","contentType":7}]}',
      records,
      { path: 'records[0].contentType' },
    ],
    [
      'a key that is not the entity',
      envelope(['basel', contentTypes.rows, good]),
      records,
      { code: 'key_mismatch', path: 'records[0].value' },
    ],
    [
      'an encoding that nobody knows',
      envelope(['bern', 'text/csv', good]),
      records,
      { code: 'unsupported_content_type' },
    ],
    [
      'a bad one behind a good one',
      envelope(['bern', contentTypes.rows, good], ['bern', contentTypes.rows, '{']),
      records,
      { index: 1, code: 'invalid_json', path: 'records[1].value' },
    ],
  ])('%s', async (_, body, headers, expected) => {
    const answer = await post(mesh.url, body, headers);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: { code: 'RECORDS_REFUSED' }, records: [expected] });
  });

  test('all mistakes are told in the order of the records, as far as an answer has room', async () => {
    const body = JSON.stringify({
      records: Array.from({ length: 300 }, (_, nth) => (nth % 2 ? {} : { key: 'a', value: 'e30=' })),
    });
    const answer = await post(mesh.url, body, records);
    expect(answer.body).toMatchObject({
      error: { message: expect.stringMatching(/^300 mistakes were found/) as string },
    });
    const { records: told } = answer.body as { records: { index: number }[] };
    expect(told.map(({ index }) => index)).toEqual(Array.from({ length: 100 }, (_, nth) => nth));
  });

  test('what the decoder refuses, whatever was done to it, is refused with the same code', async () => {
    const spoilt = malformedRecords(20261124);
    const refused: string[] = [];
    while (refused.length < 150) {
      const { key, contentType, value } = spoilt.next().value;
      const decoded = decodeRecord(value, contentType, key);
      if (key === null || value.length > 30_000 || (decoded.ok ? decoded.record.rejected.length === 0 : decoded.skip))
        continue;
      const code = decoded.ok ? decoded.record.rejected[0]!.code : decoded.skip ? '' : decoded.code;
      const part = { key, ...(contentType !== undefined && { contentType }), value: value.toString('base64') };
      const answer = await post(mesh.url, JSON.stringify({ records: [part] }), records);
      expect([answer.status, (answer.body as { records: { code: string }[] }).records[0]?.code]).toEqual([400, code]);
      refused.push(code);
    }
    expect(new Set(refused).size).toBeGreaterThan(8);
  });

  test.each([
    ['text', 'text/plain'],
    ['a form, as curl sends without a header', 'application/x-www-form-urlencoded'],
    ['a type that only begins alike', 'application/jsonx'],
  ])('%s', async (_, type) => {
    const answer = await post(mesh.url, good, { 'content-type': type });
    expect(answer).toMatchObject({ status: 415, body: { error: { code: 'UNSUPPORTED_MEDIA_TYPE' } } });
    expect(JSON.stringify(answer.body)).toContain(`The request says ${type}.`);
    expect(answer.headers.get('accept')).toContain('application/json');
  });

  test('what is compressed', async () => {
    const answer = await post(mesh.url, good, { 'content-encoding': 'gzip' });
    expect(answer).toMatchObject({ status: 415, body: { error: { code: 'UNSUPPORTED_MEDIA_TYPE' } } });
  });

  test('what is too large, also when it does not say so beforehand', async () => {
    const large = rows('bern', 1, { padding: 'x'.repeat(70_000) });
    expect(await post(mesh.url, large)).toMatchObject({ status: 413, body: { error: { code: 'BODY_TOO_LARGE' } } });
    const chunk = Buffer.alloc(16_000, 'x').toString();
    const chunked = `3e80\r\n${chunk}\r\n`.repeat(5);
    const said = await raw(`${head}transfer-encoding: chunked\r\n\r\n${chunked}`);
    expect(said).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('a body that takes too long, and one that is cut off', async () => {
    const startedMs = performance.now();
    expect(await raw(`${head}content-length: 100\r\n\r\n{"v":1,`)).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    const socket = connect(Number(new URL(mesh.url).port), '127.0.0.1');
    socket.write(`${head}content-length: ${good.length + 1}\r\n\r\n${good}`);
    await sleep(100);
    socket.destroy();
    await sleep(100);
  });

  test('a length that is a lie', async () => {
    expect(await raw(`${head}content-length: -7\r\n\r\n{}`)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

test('whatever a body holds, it is taken or refused, and nothing fails here', async () => {
  const spoilt = malformedRecords(7);
  const types = [contentTypes.rows, contentTypes.columns, recordsType];
  const statuses = new Map<number, number>();
  for (let nth = 0; nth < 300; nth++) {
    const { value } = spoilt.next().value;
    const body = nth % 2 ? Buffer.from(value) : Buffer.from(`{"records":[${value.toString('latin1')}]}`);
    const { status } = await post(mesh.url, new Uint8Array(body), { 'content-type': types[nth % 3]! });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  expect([...statuses.keys()].filter((status) => ![202, 400, 413].includes(status))).toEqual([]);
  expect(statuses.get(400)).toBeGreaterThan(100);
});

test('it is counted what became of requests, records and mistakes', async () => {
  const counted = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      [...(await page()).matchAll(/^omninode_mesh_intake_(\S+) (\d+)$/gm)].map(([, name, value]) => [
        name,
        Number(value),
      ]),
    );
  const before = await counted();
  await post(mesh.url, `[${rows('bern', 1)},${rows('bern', 2)}]`);
  await post(mesh.url, rows('bern', null));
  await post(mesh.url, 'x', { 'content-type': 'text/plain' });
  await post(mesh.url, rows('bern', 1, { padding: 'x'.repeat(70_000) }));
  const after = await counted();
  const change = Object.fromEntries(
    Object.entries(after)
      .map(([name, value]) => [name, value - (before[name] ?? 0)] as const)
      .filter(([, more]) => more !== 0),
  );
  expect(change).toEqual({
    'requests_total{outcome="accepted"}': 1,
    'requests_total{outcome="refused"}': 1,
    'requests_total{outcome="malformed"}': 1,
    'requests_total{outcome="too_large"}': 1,
    'records_total{token="none"}': 2,
    'refused_records_total{code="invalid_value"}': 1,
  });
  expect(after.pending_bytes).toBe(0);
});

const head = 'POST /api/v1/measurements HTTP/1.1\r\nhost: mesh\r\ncontent-type: application/json\r\n';

/** What the server answers to these bytes, until it ends the connection or goes on waiting. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(mesh.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  let said = '';
  socket.setEncoding('utf8').on('data', (part: string) => (said += part));
  socket.write(bytes);
  await Promise.race([once(socket, 'data'), once(socket, 'close'), sleep(10_000)]);
  socket.destroy();
  return said;
}

async function page(): Promise<string> {
  return (await fetch(`${mesh.url}/metrics`)).text();
}

async function lying(...keys: readonly string[]) {
  return (await mesh.records())
    .filter(({ key }) => keys.includes(key ?? ''))
    .map(({ key, headers, value }) => ({ key, type: headers['content-type'], value: value?.toString() }))
    .sort((a, b) => keys.indexOf(a.key!) - keys.indexOf(b.key!));
}
