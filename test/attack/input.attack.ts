import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Desk } from '../support/desk.ts';
import { problemIn, raw } from './raw.ts';

const LINE = '\r\n';
/** Hidden in another request: it must never be done. */
const SMUGGLED = 'A-SMUGGLED';

let desk: Desk;
let callId: string;

beforeAll(async () => {
  desk = await Desk.open();
  await desk.person('P-1', { phone: '+49 30 23125 001' });
  await desk.contract('C-1', ['P-1']);
  callId = (await desk.open('C-1', { number: '+49 30 23125 001' })).body.call.id;
});
afterAll(() => desk?.close());

/** Whatever was sent, others are served as before. */
afterEach(async () => {
  const { status, body } = await desk.check(callId, ['invoice.explain']);
  expect([status, body.decisions.length]).toEqual([200, 1]);
  expect((await desk.get('crm', '/health/ready')).status).toBe(200);
});

function head(line: string, ...headers: readonly string[]): string {
  return [line, 'Host: x', ...headers, '', ''].join(LINE);
}

function key(scope: 'admin' | 'agent' = 'admin'): string {
  return `Authorization: ${desk.authorization(scope)}`;
}

function hidden(): string {
  const body = '{"role":"agent"}';
  return (
    head(
      `PUT /v1/agents/${SMUGGLED} HTTP/1.1`,
      key(),
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ) + body
  );
}

/** The front of a request whose length can be read in two ways. */
function ambiguous(...lengths: readonly string[]): string {
  return head('POST /v1/policies/check HTTP/1.1', key(), 'Content-Type: application/json', ...lengths);
}

/** Each shape once as a reader at the end of the line may see it, and once with another request behind. */
const SHAPES: readonly (readonly [string, () => string])[] = [
  [
    'a length and chunks',
    () => `${ambiguous('Content-Length: 6', 'Transfer-Encoding: chunked')}0${LINE}${LINE}${hidden()}`,
  ],
  ['chunks and a length', () => `${ambiguous('Transfer-Encoding: chunked', 'Content-Length: 4')}5c${LINE}${hidden()}`],
  ['two lengths that differ', () => `${ambiguous('Content-Length: 2', 'Content-Length: 500')}{}${hidden()}`],
  ['two lengths in one line', () => `${ambiguous('Content-Length: 2, 500')}{}${hidden()}`],
  ['a length with a sign', () => `${ambiguous('Content-Length: +2')}{}${hidden()}`],
  ['a negative length', () => `${ambiguous('Content-Length: -2')}{}${hidden()}`],
  ['a length in hexadecimal', () => `${ambiguous('Content-Length: 0x2')}{}${hidden()}`],
  ['a length beyond every number', () => `${ambiguous('Content-Length: 99999999999999999999')}{}${hidden()}`],
  ['a space before the colon', () => `${ambiguous('Transfer-Encoding : chunked')}0${LINE}${LINE}${hidden()}`],
  ['an encoding that is nearly chunked', () => `${ambiguous('Transfer-Encoding: xchunked')}0${LINE}${LINE}${hidden()}`],
  [
    'chunked that is not the last',
    () => `${ambiguous('Transfer-Encoding: chunked, identity')}0${LINE}${LINE}${hidden()}`,
  ],
  [
    'chunked twice',
    () => `${ambiguous('Transfer-Encoding: chunked', 'Transfer-Encoding: identity')}0${LINE}${LINE}${hidden()}`,
  ],
  [
    'a folded header',
    () => `${ambiguous('Transfer-Encoding:', ' chunked', 'Content-Length: 0')}0${LINE}${LINE}${hidden()}`,
  ],
  [
    'a chunk with a size beyond every number',
    () => `${ambiguous('Transfer-Encoding: chunked')}fffffffffffffffff${LINE}${hidden()}`,
  ],
  [
    'a chunk with a size that is none',
    () => `${ambiguous('Transfer-Encoding: chunked')}0x1${LINE}x${LINE}0${LINE}${LINE}${hidden()}`,
  ],
  [
    'a chunk that is longer than it says',
    () => `${ambiguous('Transfer-Encoding: chunked')}1${LINE}xxxxxxxx${LINE}0${LINE}${LINE}${hidden()}`,
  ],
  [
    'a bare line feed in a header',
    () => `${ambiguous('X: y\nTransfer-Encoding: chunked', 'Content-Length: 2')}{}${hidden()}`,
  ],
  [
    'a bare carriage return in a header',
    () => `${ambiguous('X: y\rTransfer-Encoding: chunked', 'Content-Length: 2')}{}${hidden()}`,
  ],
  ['a NUL in a header', () => `${ambiguous('X: y\0', 'Content-Length: 2')}{}${hidden()}`],
  ['a header without a name', () => `${ambiguous(': chunked', 'Content-Length: 2')}{}${hidden()}`],
];

describe('A request whose length can be read in two ways', () => {
  it.each(SHAPES)('by %s is refused, and nothing behind it is done', async (_what, shape) => {
    const answer = await raw(desk.api.url, [shape()]);
    expect(answer.statuses).toEqual([400]);
    expect(problemIn(answer)).toMatchObject({ status: 400, code: 'malformed_request' });
    expect(answer.isClosed).toBe(true);
    expect((await desk.get('admin', `/v1/agents/${SMUGGLED}`)).status).toBe(404);
  });

  it('would be taken for two by a careless server: this test can tell', async () => {
    const asked: string[] = [];
    const careless = http.createServer({ insecureHTTPParser: true }, (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      request.resume();
      response.end();
    });
    await new Promise<void>((resolve) => careless.listen(0, '127.0.0.1', resolve));
    const { port } = careless.address() as AddressInfo;
    await raw(`http://127.0.0.1:${port}`, [SHAPES[0]?.[1]() ?? '']);
    careless.closeAllConnections();
    careless.close();
    expect(asked).toContain(`PUT /v1/agents/${SMUGGLED}`);
  });

  it('is not one that is followed by another: each of those is answered by itself, with its own key', async () => {
    const asked = [
      head('GET /v1/agents/A-1 HTTP/1.1', key(), 'X-Request-Id: pipeline-one'),
      head('GET /v1/agents/A-1 HTTP/1.1', 'X-Request-Id: pipeline-two'),
      head('GET /v1/agents/A-404 HTTP/1.1', key(), 'X-Request-Id: pipeline-three'),
      head('GET /v1/agents/A-1 HTTP/1.1', key('agent'), 'Mandaat-Agent: A-1', 'X-Request-Id: pipeline-four'),
      head('GET /v1/agents/A-1 HTTP/1.1', key(), 'X-Request-Id: pipeline-five', 'Connection: close'),
    ];
    const { statuses, text } = await raw(desk.api.url, [asked.join('')], { patience: 20_000 });
    expect(statuses).toEqual([200, 401, 404, 403, 200]);
    expect([...text.matchAll(/x-request-id: (\S+)/gi)].map(([, id]) => id)).toEqual(
      ['one', 'two', 'three', 'four', 'five'].map((name) => `pipeline-${name}`),
    );
  });
});

describe('A request line', () => {
  it.each([
    ['of another protocol', 'GET / HTTP/9.9'],
    ['of HTTP/2 without asking', 'PRI * HTTP/2.0'],
    ['with a method that is none', 'GE\tT / HTTP/1.1'],
    ['with spaces in the path', 'GET /v1/agents/A 1 HTTP/1.1'],
    ['of TLS', Buffer.from('16030100c8010000c40303', 'hex').toString('latin1')],
  ])('%s is refused on the bare connection', async (_what, line) => {
    const answer = await raw(desk.api.url, [`${line}${LINE}Host: x${LINE}${LINE}`]);
    expect(answer.isClosed).toBe(true);
    expect(answer.statuses).toEqual([400]);
    expect(problemIn(answer)).toMatchObject({ code: 'malformed_request' });
  });

  it.each([
    ['CONNECT example.nl:443 HTTP/1.1', []],
    ['OPTIONS * HTTP/1.1', [404, 400]],
    ['TRACE /v1/agents/A-1 HTTP/1.1', [404]],
    // RFC 9112 wants it answered; the host in it decides nothing.
    ['GET http://example.nl/v1/agents/A-1 HTTP/1.1', [200]],
    ['GET http://example.nl/metrics?x=/v1/agents/A-1 HTTP/1.1', [200, 400]],
    ['GET http://example.nl:99999/v1/agents/A-1 HTTP/1.1', [200, 400, 404]],
    // As before HTTP had versions; the key is read all the same.
    ['GET /v1/agents/A-1', [200, 400, 404]],
    ['GET //example.nl/v1/agents/A-1 HTTP/1.1', [404, 400]],
    ['GET /v1/../v1/agents/A-1 HTTP/1.1', [404]],
    ['GET /v1//agents/A-1 HTTP/1.1', [404]],
    ['GET /v1/agents/%2e%2e/agents/A-1 HTTP/1.1', [404]],
    ['GET /v1/agents/..%2fagents%2fA-1 HTTP/1.1', [400]],
    ['GET /V1/AGENTS/A-1 HTTP/1.1', [404]],
    ['GET /v1/agents/a-1 HTTP/1.1', [404]],
    ['GET /v1/agents/A-1;x=y HTTP/1.1', [400, 404]],
    ['GET /v1/agents/A-1# HTTP/1.1', [200, 400, 404]],
    ['GET /v1/agents/A%2D1%20 HTTP/1.1', [400]],
    [`GET /v1/agents/${'x'.repeat(12_000)} HTTP/1.1`, [413]],
    [`GET /v1/agents/${'x'.repeat(20_000)} HTTP/1.1`, [413]],
  ])('%j is one thing only', async (line, statuses) => {
    const answer = await raw(desk.api.url, [head(line, key(), 'Connection: close')]);
    expect([line, answer.isClosed]).toEqual([line, true]);
    if (statuses.length === 0) expect(answer.text).not.toMatch(/HTTP\/1\.1 2/);
    else expect(statuses).toContain(answer.statuses[0]);
    if (!statuses.includes(200)) expect(answer.text).not.toContain('pseudonym');
  });
});

describe('Headers', () => {
  const asked = async (...headers: readonly string[]) =>
    raw(desk.api.url, [head('GET /v1/agents/A-1 HTTP/1.1', key(), 'Connection: close', ...headers)]);

  it('change neither the method nor the address', async () => {
    for (const header of [
      'X-HTTP-Method-Override: DELETE',
      'X-Method-Override: PUT',
      'X-Original-URL: /metrics',
      'X-Rewrite-URL: /metrics',
    ]) {
      const answer = await asked(header);
      expect([header, answer.statuses]).toEqual([header, [200]]);
      expect(answer.text).toContain('"agent_ref":"A-1"');
    }
  });

  it('of an upgrade are passed over', async () => {
    for (const protocol of ['websocket', 'h2c']) {
      const answer = await raw(desk.api.url, [
        head('GET /v1/agents/A-1 HTTP/1.1', key(), 'Connection: Upgrade, close', `Upgrade: ${protocol}`),
      ]);
      expect(answer.statuses).not.toContain(101);
    }
  });

  it('that are too many, too long or not there are refused', async () => {
    const many = Array.from({ length: 3_000 }, (_, at) => `a${at}: b`);
    expect((await asked(...many)).statuses).toEqual([413]);
    expect((await asked(`X: ${'y'.repeat(20_000)}`)).statuses).toEqual([413]);
    const without = await raw(desk.api.url, [`GET /v1/agents/A-1 HTTP/1.1${LINE}${key()}${LINE}${LINE}`]);
    expect(without.statuses).toEqual([400]);
  });

  it('that name a key twice, or nearly, let nobody in', async () => {
    const [, text = ''] = desk.authorization('admin').split(' ');
    for (const value of [
      `Bearer ${text}, Bearer ${text}`,
      `Bearer ${text} ${text}`,
      `Bearer${text}`,
      `Bearer ${text.toUpperCase()}`,
      `Bearer ${text.slice(0, -1)}`,
      `Basic ${text}`,
      text,
      'Bearer',
      'Bearer ',
      `Bearer ${text}\u00a0`,
    ]) {
      const answer = await raw(desk.api.url, [
        head('GET /v1/agents/A-1 HTTP/1.1', `Authorization: ${value}`, 'Connection: close'),
      ]);
      expect([value.replace(text, '<key>'), answer.statuses]).toEqual([value.replace(text, '<key>'), [401]]);
    }
    for (const place of [`/v1/agents/A-1?access_token=${text}`, `/v1/agents/A-1?key=${text}`]) {
      const answer = await raw(desk.api.url, [head(`GET ${place} HTTP/1.1`, 'Connection: close')]);
      expect(answer.statuses).toEqual([401]);
    }
  });
});

describe('A body', () => {
  const put = async (body: Buffer | string, ...headers: readonly string[]) => {
    const bytes = Buffer.from(body);
    const front = head(
      'PUT /v1/agents/A-BODY HTTP/1.1',
      key(),
      'Connection: close',
      `Content-Length: ${bytes.length}`,
      ...headers,
    );
    return raw(desk.api.url, [front, bytes], { patience: 20_000 });
  };
  const GOOD = '{"role":"agent"}';

  it.each([
    ['compressed', gzipSync(GOOD), ['Content-Type: application/json', 'Content-Encoding: gzip'], [400, 415]],
    ['without a type', GOOD, [], [415]],
    ['of parts', `--x${LINE}${LINE}${GOOD}${LINE}--x--`, ['Content-Type: multipart/form-data; boundary=x'], [415]],
    [
      'of XML with an entity',
      '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
      ['Content-Type: application/xml'],
      [415],
    ],
    ['of two types', GOOD, ['Content-Type: text/plain', 'Content-Type: application/json'], [415]],
    ['in UTF-16', Buffer.from(GOOD, 'utf16le'), ['Content-Type: application/json; charset=utf-16'], [400, 415]],
    ['in UTF-7', '+AHsAIg-role+ACI:+ACI-agent+ACIAfQ-', ['Content-Type: application/json; charset=utf-7'], [400, 415]],
    [
      'in Latin-1',
      Buffer.from('{"role":"agent","team":"\xe9"}', 'latin1'),
      ['Content-Type: application/json; charset=iso-8859-1'],
      [400, 415],
    ],
    [
      'with an overlong NUL',
      Buffer.from([...Buffer.from('{"role":"a'), 0xc0, 0x80, ...Buffer.from('"}')]),
      ['Content-Type: application/json'],
      [400],
    ],
    [
      'with half a pair in UTF-8',
      Buffer.from([...Buffer.from('{"role":"a'), 0xed, 0xa0, 0x80, ...Buffer.from('"}')]),
      ['Content-Type: application/json'],
      [400],
    ],
    ['with a name twice', '{"role":"agent","role":"admin"}', ['Content-Type: application/json'], [400]],
    [
      'with a name in two spellings',
      String.raw`{"role":"agent","\u0072ole":"admin"}`,
      ['Content-Type: application/json'],
      [400],
    ],
    ['nested 21 deep', `{"role":${'['.repeat(20)}${']'.repeat(20)}}`, ['Content-Type: application/json'], [400]],
    [
      'nested 30,000 deep',
      `{"role":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
      ['Content-Type: application/json'],
      [400],
    ],
    ['of 20,000 empty objects', `{"role":[${'{},'.repeat(20_000)}{}]}`, ['Content-Type: application/json'], [400]],
    [
      'with 5,000 names',
      `{${Array.from({ length: 5_000 }, (_, at) => `"a${at}":1`).join(',')}}`,
      ['Content-Type: application/json'],
      [400],
    ],
  ] as const)('%s is refused', async (_what, body, headers, statuses) => {
    const answer = await put(body, ...headers);
    expect(statuses).toContain(answer.statuses[0]);
    expect(problemIn(answer)).toMatchObject({ status: answer.statuses[0] });
    expect((await desk.get('admin', '/v1/agents/A-BODY')).status).toBe(404);
  });

  it('that is larger than allowed is refused before it is all there', async () => {
    const front = head(
      'PUT /v1/agents/A-BODY HTTP/1.1',
      key(),
      'Content-Type: application/json',
      'Content-Length: 1000000000',
    );
    const answer = await raw(desk.api.url, [front, '{"role":"'], { patience: 10_000 });
    expect(answer.statuses).toEqual([413]);
    const endless = head(
      'PUT /v1/agents/A-BODY HTTP/1.1',
      key(),
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
    );
    const chunk = `4000${LINE}${'x'.repeat(0x4000)}${LINE}`;
    const chunked = await raw(desk.api.url, [endless, ...Array.from({ length: 200 }, () => chunk)], {
      pause: 2,
      patience: 15_000,
    });
    expect(chunked.statuses).toEqual([413]);
  });
});

describe('Clients that take their time', () => {
  /** One byte now and then. */
  function* drip(front: string, rest: string): Generator<string> {
    yield front;
    for (let at = 0; ; at += 1) yield rest[at % rest.length] ?? '';
  }
  const SLOW = { pause: 400, patience: 40_000 };
  const bodyFront = (): string =>
    head('PUT /v1/agents/A-SLOW HTTP/1.1', key(), 'Content-Type: application/json', 'Content-Length: 60000');
  const scenarios = (): readonly (readonly [string, Iterable<string>])[] => [
    ['nothing at all', []],
    ['half a request line', drip('GET /v1/agents/A-1', 'x')],
    ['headers without an end', drip(`GET /v1/agents/A-1 HTTP/1.1${LINE}Host: x${LINE}X: `, 'y')],
    ['a header line each', drip(`GET /v1/agents/A-1 HTTP/1.1${LINE}`, `a: b${LINE}`)],
    ['a body by the byte', drip(bodyFront(), ' ')],
    ['a body that never comes', [bodyFront()]],
  ];

  it('are shown out, headers after 10 seconds and bodies after 15, while others are served', async () => {
    const slow = scenarios().map(async ([what, pieces]) => ({ what, answer: await raw(desk.api.url, pieces, SLOW) }));
    const crowd = Array.from({ length: 200 }, () => raw(desk.api.url, [`GET / HTTP/1.1${LINE}`], { patience: 40_000 }));
    for (let time = 0; time < 8; time += 1) {
      expect((await desk.check(callId, ['invoice.explain'])).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    for (const { what, answer } of await Promise.all(slow)) {
      expect([what, answer.isClosed]).toEqual([what, true]);
      expect([what, answer.statuses]).toEqual([what, [408]]);
    }
    expect((await Promise.all(crowd)).every(({ isClosed }) => isClosed)).toBe(true);
  });

  it('would stay if the limits were off: this test can tell', async () => {
    const server: http.Server = desk.api.app.getHttpServer();
    const { headersTimeout, requestTimeout } = server;
    Object.assign(server, { headersTimeout: 0, requestTimeout: 0 });
    try {
      const front = `GET /v1/agents/A-1 HTTP/1.1${LINE}Host: x${LINE}X: `;
      const answer = await raw(desk.api.url, drip(front, 'y'), { pause: 400, patience: 20_000 });
      expect(answer.isClosed).toBe(false);
    } finally {
      Object.assign(server, { headersTimeout, requestTimeout });
    }
  });

  it('and do not read their answers fill no memory: the rest of what they ask is not looked at', async () => {
    const count = async (): Promise<number> => {
      const { body } = await desk.get('crm', '/metrics');
      return Number(/route="\/docs\/openapi\.json",status="200"\} (\d+)/.exec(String(body))?.[1] ?? 0);
    };
    await desk.get('crm', '/docs/openapi.json');
    const before = await count();
    const socket = (await import('node:net')).connect(Number(new URL(desk.api.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.pause();
    const asked = 3_000;
    const one = head('GET /docs/openapi.json HTTP/1.1');
    socket.write(one.repeat(asked));
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    const answered = (await count()) - before;
    socket.destroy();
    expect(answered).toBeLessThan(asked / 2);
  });
});
