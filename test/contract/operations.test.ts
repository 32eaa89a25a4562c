import { readdir, readFile } from 'node:fs/promises';
import { getCiphers } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { TOUCHES } from '../../src/canaries/canaries.repository.ts';
import { CODE_PURPOSES } from '../../src/codes/code.ts';
import { createLog } from '../../src/http/log.ts';
import { metrics } from '../../src/http/metrics.ts';
import { securityHeaders } from '../../src/http/security-headers.ts';
import { SEND_FAULTS } from '../../src/messages/sender.ts';
import { CODE_ROUTES } from '../../src/policy/vocabulary.ts';
import { Desk } from '../support/desk.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const PHONE = '+493023125777';

const text = (name: string): Promise<string> => readFile(name, 'utf8');
const { groups } = parse(await text('ops/prometheus/rules.yaml')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(await text('ops/grafana/mandaat.json')) as { panels: Panel[] };
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const queries = [...rules.map(({ expr }) => expr), ...panels.flatMap(({ targets }) => targets ?? []).map(queryOf)];
const page = await text('docs/operations.md');

function queryOf(target: { readonly expr: string }): string {
  return target.expr;
}

/** What the proxy may write down of a request. */
const LOGGED = new Set([
  'time_iso8601',
  'remote_addr',
  'sent_http_x_request_id',
  'request_method',
  'mandaat_path',
  'status',
  'body_bytes_sent',
  'request_time',
  'upstream_addr',
  'upstream_status',
  'ssl_protocol',
  'ssl_cipher',
]);

/** Every route whose path has a `:token`: whoever has that may do something. */
async function routesWithToken(): Promise<string[]> {
  const files = (await readdir('src', { recursive: true })).filter((file) => file.endsWith('controller.ts'));
  const found: string[] = [];
  for (const file of files) {
    let prefix = '';
    for (const line of (await text(`src/${file}`)).split('\n')) {
      prefix = /^@Controller\('([^']*)'\)/.exec(line)?.[1] ?? prefix;
      const [, own] = /^ {2}@(?:Get|Post|Put|Patch|Delete)\('([^']*)'\)/.exec(line) ?? [];
      const route = `/${prefix}/${own ?? ''}`;
      if (own !== undefined && route.includes(':token')) found.push(route);
    }
  }
  return found;
}

/** Every `name{label="value", …}` in these queries. */
function selectors(): { readonly name: string; readonly labels: readonly (readonly [string, string])[] }[] {
  return queries.flatMap((query) =>
    [...query.matchAll(/(mandaat_\w+)(?:\{([^}]*)\})?/g)].map(([, name = '', inside = '']) => ({
      name,
      labels: [...inside.matchAll(/(\w+)(?:!=|=~|!~|=)"([^"]*)"/g)].map(
        ([, label = '', value = '']) => [label, value] as const,
      ),
    })),
  );
}

describe('Alerts and dashboard', () => {
  let desk: Desk;
  let shown: string;
  /** Of the service before anybody asked it anything. */
  let fresh: string;
  const lines: string[] = [];

  beforeAll(async () => {
    desk = await Desk.open({}, { log: createLog('warn', { write: (line) => void lines.push(line) }) });
    fresh = (await desk.api.request.get('/metrics').expect(200)).text;
    // A little of everything, so that every series that is asked for has a reason to be there.
    await desk.person('H-1', { phone: PHONE });
    await desk.contract('C-1', ['H-1']);
    const { body } = await desk.expectSuccess(desk.open('C-1', { as: 'holder', number: PHONE }));
    const sent = await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${body.call.id}/verifications`, { method: 'code' }),
    );
    const attempts = `/v1/calls/${body.call.id}/verifications/${sent.body.id}/attempts`;
    const code = await desk.codeOf(sent.body.id);
    await desk.post('agent', attempts, { code: code === '000000' ? '111111' : '000000' });
    await desk.post('agent', attempts, { code });
    await desk.check(body.call.id, null);
    shown = (await desk.api.request.get('/metrics').expect(200)).text;
  }, 60_000);

  afterAll(async () => {
    await desk?.close();
  });

  it('ask for nothing that is not measured', async () => {
    // These two come from scripts that run by a timer, and leave them for node_exporter.
    const scripts = (await Promise.all(['ops/systemd/verify.sh', 'ops/postgres/backup.sh'].map(text))).join('\n');
    const measured = new Set(
      [...`${shown}\n${scripts}`.matchAll(/# TYPE (mandaat_\w+) (\w+)/g)].flatMap(([, name = '', type]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    );
    const asked = selectors().map(({ name }) => name);
    expect(asked.length).toBeGreaterThan(40);
    expect([...new Set(asked)].filter((name) => !measured.has(name))).toEqual([]);
  });

  it('select by labels that the figures have', () => {
    const unknown = selectors().flatMap(({ name, labels }) => {
      const own = metrics.registry.getSingleMetric(name.replace(/_(bucket|sum|count)$/, '')) as
        { readonly labelNames: readonly string[] } | undefined;
      return labels.map(([label]) => label).filter((label) => own !== undefined && !own.labelNames.includes(label));
    });
    expect(unknown).toEqual([]);
  });

  it('select by values that really occur', async () => {
    const series = (name: string, label: string): Set<string> =>
      new Set(
        [...shown.matchAll(new RegExp(`^${name}\\{[^}]*\\b${label}="([^"]*)"`, 'gm'))].map(([, value = '']) => value),
      );
    const { paths } = JSON.parse(await text('openapi.json')) as { paths: Record<string, unknown> };
    const routes = Object.keys(paths).map((route) => route.replaceAll(/\{(\w+)\}/g, ':$1'));
    expect(series('mandaat_http_request_seconds_count', 'route')).toContain('/v1/calls/:call_id/checks');
    expect(routes).toContain('/v1/calls/:call_id/checks');
    expect(series('mandaat_codes_total', 'event')).toEqual(
      new Set(['issued', 'addressed', 'tried', 'failed', 'approved']),
    );
    expect(series('mandaat_messages_total', 'event')).toEqual(new Set(['sent', 'gave_up']));
    expect(series('mandaat_database_connections', 'state')).toContain('waiting');
    const sources = await Promise.all(['delivery.service.ts', 'sender.ts'].map((name) => text(`src/messages/${name}`)));
    for (const value of ["'gave_up'", "'daily_cap_reached'"]) expect(sources.join('')).toContain(value);
    expect(await text('src/policy/reasons.ts')).toContain('internal_error');
  });

  /** Hundreds of these are an alert: one that is not seen changes nothing. */
  const MANY = 'mandaat_http_request_seconds_count';

  /** Series of which an alert wants to see the increase, and that do not stand at 0 in these figures. */
  function unseen(figures: string): string[] {
    const asked = rules.flatMap(({ expr }) => [...expr.matchAll(/increase\((mandaat_\w+)(?:\{([^}]*)\})?\[/g)]);
    return asked.flatMap(([, name = '', inside = '']) => {
      if (name === MANY) return [];
      const wanted = [...inside.matchAll(/(\w+)=(~?)"([^"]*)"/g)].flatMap(([, label = '', isPattern, value = '']) =>
        (isPattern === '~' ? value.split('|') : [value]).map((one) => `${label}="${one}"`),
      );
      const lines = figures.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
      const zeros = lines.filter((line) => line.endsWith(' 0'));
      const missing = wanted.filter((label) => !zeros.some((line) => line.includes(label)));
      return zeros.length === 0 ? [name] : missing.map((label) => `${name}{${label}}`);
    });
  }

  it('find every counter at 0 whose first event is an alert, with each value of its labels', () => {
    expect(unseen(fresh)).toEqual([]);
    const at = (name: string, labels: Record<string, string>): string =>
      `${name}{${Object.entries(labels)
        .map(([label, value]) => `${label}="${value}"`)
        .join(',')}} 0`;
    const each = [
      ...CODE_PURPOSES.map((purpose) => at('mandaat_codes_total', { purpose, event: 'failed' })),
      ...CODE_ROUTES.flatMap((route) =>
        SEND_FAULTS.map((fault) => at('mandaat_messages_total', { route, event: 'gave_up', fault })),
      ),
      ...TOUCHES.map((via) => at('mandaat_canaries_touched_total', { via })),
      ...['call', 'lookup'].map((what) => at('mandaat_reach_refusals_total', { what })),
      'mandaat_internal_errors_total 0',
      'mandaat_code_budget_refusals_total 0',
      'mandaat_leaver_alarms_total 0',
    ];
    expect(each.filter((line) => !fresh.split('\n').includes(line))).toEqual([]);
  });

  it('would miss one that begins at its first event (positive control)', () => {
    const without = fresh.replaceAll(/^mandaat_(?:checkpoints_total\{event="failed"|internal_errors_total).*$/gm, '');
    expect(unseen(without).toSorted()).toEqual([
      'mandaat_checkpoints_total{event="failed"}',
      'mandaat_internal_errors_total',
    ]);
  });

  it('see a process that is well', () => {
    for (const name of ['mandaat_outbox_running', 'mandaat_changes_listening']) expect(shown).toMatch(`\n${name} 1\n`);
    expect(shown).toMatch(/\nmandaat_audit_months_prepared_timestamp_seconds 1\.?\d+/);
    expect(shown).toMatch(/\nmandaat_outbox_overdue_seconds \d/);
  });

  it('which starts without a warning', () => {
    expect(lines.filter((line) => !line.includes('"answered"'))).toEqual([]);
  });

  it('have a section each in docs/operations.md, and every section has its alert', () => {
    const sections = [...page.matchAll(/^### (Mandaat\w+)$/gm)].map(([, name]) => name);
    expect(sections.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
    expect(new Set(sections).size).toBe(sections.length);
    for (const { labels, annotations } of rules) {
      expect(['page', 'ticket']).toContain(labels.severity);
      expect(annotations.summary).not.toBe('');
    }
  });

  it('are each tried by hand: one case at least in which it fires, by its name', async () => {
    interface Cases {
      readonly alert_rule_test?: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
      readonly promql_expr_test?: readonly { readonly exp_samples: readonly { readonly labels: string }[] }[];
    }
    const { tests } = parse(await text('ops/prometheus/rules.test.yaml')) as { tests: Cases[] };
    const fired = tests.flatMap(({ alert_rule_test: alerts = [], promql_expr_test: asked = [] }) => [
      ...alerts.flatMap(({ alertname, exp_alerts: expected }) => (expected.length > 0 ? [alertname] : [])),
      ...asked.flatMap(({ exp_samples: samples }) =>
        samples.flatMap(({ labels }) => /^\{alertname="(\w+)"\}$/.exec(labels)?.[1] ?? []),
      ),
    ]);
    expect([...new Set(fired)].toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
  });

  it('belong together: each panel names only alerts that there are, and each alert has a panel', () => {
    const named = panels.flatMap(({ description }) => description?.match(/Mandaat\w+/g) ?? []);
    const alerts = rules.map(({ alert }) => alert);
    expect(named.filter((name) => !alerts.includes(name))).toEqual([]);
    expect(alerts.filter((name) => !named.includes(name))).toEqual([]);
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('The files for operators', () => {
  it('start what npm start starts, and leave it longer to stop than it takes itself', async () => {
    const unit = await text('ops/systemd/mandaat.service');
    const { scripts } = JSON.parse(await text('package.json')) as { scripts: { start: string } };
    expect(`exec ${/^ExecStart=\/usr\/bin\/(.+)$/m.exec(unit)?.[1]}`).toBe(scripts.start);
    const [, deadline = ''] = /HARD_DEADLINE = ([\d_]+)/.exec(await text('src/serve.ts')) ?? [];
    const stop = Number(/^TimeoutStopSec=(\d+)s$/m.exec(unit)?.[1]) * 1_000;
    expect(stop).toBeGreaterThan(Number(deadline.replaceAll('_', '')));
    // V8 asks for protection keys as it starts, and was killed for it once.
    expect(unit).toMatch(/^SystemCallFilter=@system-service @pkey$/m);
    expect(unit).toMatch(/^SystemCallErrorNumber=EPERM$/m);
  });

  it('verify the audit at night without the settings of the service: an address and public keys do', async () => {
    const unit = await text('ops/systemd/mandaat-verify.service');
    expect([...unit.matchAll(/^EnvironmentFile=(.*)$/gm)].map(([, file]) => file)).toEqual(['/etc/mandaat/verify']);
    expect(unit).toMatch(/^ExecStart=.* --checkpoint \S+ --key \/etc\/mandaat\/checkpoint-keys\.json$/m);
    for (const place of ['/etc/mandaat/verify', '/etc/mandaat/checkpoint-keys.json']) expect(page).toContain(place);
  });

  it('keep the proxy from asking on a connection that the service is about to close, and from reading more than it', async () => {
    const [proxy, http] = await Promise.all(['ops/nginx/mandaat.conf', 'src/http/http.ts'].map(text));
    const ours = Number(/keepAliveTimeout: ([\d_]+)/.exec(http ?? '')?.[1]?.replaceAll('_', ''));
    expect(Number(/keepalive_timeout (\d+)s/.exec(proxy ?? '')?.[1]) * 1_000).toBeLessThan(ours);
    expect(http).toMatch(/BODY_LIMIT = 64 \* 1024/);
    expect(proxy).toMatch(/^ {4}client_max_body_size 64k;$/m);
    // But for files of an import, which lie in no file of the proxy's either.
    expect(await text('src/holders/import-upload.ts')).toMatch(/UPLOAD_LIMIT = 64 \* 1024 \* 1024/);
    expect(/^ {4}location = \/v1\/imports \{\n([^}]*)\}/m.exec(proxy ?? '')?.[1]).toMatch(
      /client_max_body_size 64m;\n *proxy_request_buffering off;/,
    );
    expect(proxy).toMatch(/location = \/metrics \{ return 404; \}/);
  });

  it('give what the proxy answers by itself the headers of the service, which keeps its own', async () => {
    const proxy = await text('ops/nginx/mandaat.conf');
    const { everywhere } = await securityHeaders(true, 'https://example.nl/', []);
    const maps = [...proxy.matchAll(/^map \$upstream_http_(\w+) (\$\w+) \{ "" "?([^"\n]*?)"?; \}$/gm)];
    const added = maps.map(([, header = '', variable = '', value = '']) => {
      const [, name = ''] = new RegExp(`^ {4}add_header (\\S+) \\${variable} always;$`, 'm').exec(proxy) ?? [];
      expect(name.toLowerCase()).toBe(header.replaceAll('_', '-'));
      return [name.toLowerCase(), value] as const;
    });
    expect(added).toEqual([
      ['strict-transport-security', everywhere['strict-transport-security']],
      ['x-content-type-options', everywhere['x-content-type-options']],
      ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
    ]);
    // A block with headers of its own would have none of these.
    expect(proxy.match(/add_header/g)).toHaveLength(added.length);
  });

  it('let the proxy speak TLS 1.2 and 1.3 alone, in suites with forward secrecy and authenticated encryption', async () => {
    const proxy = await text('ops/nginx/mandaat.conf');
    expect(/^ {4}ssl_protocols (.*);$/m.exec(proxy)?.[1]).toBe('TLSv1.2 TLSv1.3');
    const suites = /^ {4}ssl_ciphers (.*);$/m.exec(proxy)?.[1]?.split(':') ?? [];
    expect(suites.length).toBeGreaterThan(3);
    const known = getCiphers();
    for (const suite of suites) {
      expect(suite).toMatch(/^ECDHE-(?:ECDSA|RSA)-(?:AES(?:128|256)-GCM-SHA(?:256|384)|CHACHA20-POLY1305)$/);
      expect(known).toContain(suite.toLowerCase());
    }
    expect(proxy).toMatch(/^ {4}ssl_prefer_server_ciphers on;$/m);
    expect(proxy).toMatch(/^ {4}ssl_session_tickets off;$/m);
    expect(proxy).toMatch(/^ {4}ssl_session_cache shared:\w+:\d+m;$/m);
  });

  it('let the proxy log neither a query, a header that holds secrets, nor the page before', async () => {
    const proxy = await text('ops/nginx/mandaat.conf');
    const [, format = ''] = /^log_format mandaat escape=json\n([^;]*);$/m.exec(proxy) ?? [];
    const logged = [...format.matchAll(/\$(\w+)/g)].map(([, name = '']) => name);
    expect(logged.filter((name) => !LOGGED.has(name))).toEqual([]);
    // So that a line of it and a line of the service are found from each other.
    expect(format).toContain('"requestId":"$sent_http_x_request_id"');
    expect([...proxy.matchAll(/^ *access_log (.*);$/gm)].map(([, how]) => how)).toEqual([
      '/var/log/nginx/mandaat.log mandaat',
    ]);
    // What nginx says of a request below this level has the request in it.
    expect([...proxy.matchAll(/^ *error_log \S+ (.*);$/gm)].map(([, level]) => level)).toEqual(['crit']);
  });

  it('let the proxy log no path with a token in it, whichever route has one', async () => {
    const proxy = await text('ops/nginx/mandaat.conf');
    const [, lines = ''] = /^map \$uri \$mandaat_path \{\n([^}]*)\}/m.exec(proxy) ?? [];
    const hidden = [...lines.matchAll(/~\*(\S+) +(\S+);/g)].map(
      ([, pattern = '', shown = '']) => [new RegExp(pattern, 'i'), shown] as const,
    );
    const logged = (address: string): string => hidden.find(([pattern]) => pattern.test(address))?.[1] ?? address;
    const routes = await routesWithToken();
    expect(routes).toEqual(expect.arrayContaining(['/c/:token/no', '/portal/invitations/:token']));
    for (const route of routes) {
      const address = route.replace(':token', 'aGVlbCBnZWhlaW0');
      expect([route, logged(address)]).toEqual([route, expect.not.stringContaining('aGVlbCBnZWhlaW0')]);
      expect(logged(address.toUpperCase())).not.toContain('AGVLBCBNZWHLAW0');
    }
    expect(logged('/portal/mandates')).toBe('/portal/mandates');
  });

  it('are all named on the page, which names no other', async () => {
    const files = (await readdir('ops', { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`);
    const named = [...page.matchAll(/\bops\/[\w./-]*\w/g)].map(([name]) => name);
    expect([...new Set(named)].toSorted()).toEqual(files.toSorted());
  });
});
