import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Desk } from '../support/desk.ts';
import { type Me, Visitor } from '../support/visitor.ts';

const HOLDER = '+44 7700 900241';
const PROXY = '+44 7700 900242';
const STRANGER = '+44 7700 900243';

let desk: Desk;
let visitor: Visitor;
let holder: Me;
let proxy: Me;
let stranger: Me;

beforeAll(async () => {
  desk = await Desk.open();
  visitor = new Visitor(desk);
  await desk.person('P-1', { phone: HOLDER, email: 'geeft@example.nl', name: 'H. Fictief' });
  await desk.person('P-2', { phone: PROXY, email: 'krijgt@example.nl', name: 'G. Voorbeeld' });
  await desk.person('P-3', { phone: STRANGER, name: 'V. Verzonnen' });
  await desk.contract('C-1', ['P-1']);
  await desk.contract('C-2', ['P-1']);
  await desk.contract('C-3', ['P-3']);
  holder = await visitor.signIn(HOLDER);
  proxy = await visitor.signIn(PROXY);
  stranger = await visitor.signIn(STRANGER);
});
afterAll(() => desk.close());

/** What somebody gets who asks for their mandates. */
async function idsOf(me: Me, side: string, part = 'live'): Promise<string[]> {
  const { body } = await me.get(`/v1/me/mandates?side=${side}&part=${part}`);
  return body.mandates.map(({ id }: { id: string }) => id);
}

describe('the mandates of somebody who is signed in', () => {
  it('are listed on the side that they are on, and nobody else sees them', async () => {
    const { id } = await desk.mandate('P-1', 'P-2', ['billing'], ['C-1']);
    expect(await idsOf(holder, 'holder')).toContain(id);
    expect(await idsOf(proxy, 'proxy')).toContain(id);
    for (const [me, side] of [
      [holder, 'proxy'],
      [proxy, 'holder'],
      [stranger, 'holder'],
      [stranger, 'proxy'],
    ] as const) {
      expect(await idsOf(me, side)).not.toContain(id);
    }
    const seen = await proxy.get(`/v1/me/mandates/${id}`);
    expect(seen.headers.get('etag')).toBe('"1"');
    expect(seen.body).toMatchObject({
      side: 'proxy',
      state: 'active',
      holder: 'H. Fictief',
      proxy: 'G. Voorbeeld',
      contracts: ['C-1'],
      scopes: [{ scope: 'billing', title: 'Facturen en betalingen' }],
      strength: { level: 2 },
    });
    const foreign = await stranger.get(`/v1/me/mandates/${id}`);
    const absent = await stranger.get(`/v1/me/mandates/${randomUUID()}`);
    expect(foreign.status).toBe(404);
    expect({ ...foreign.body, requestId: null, instance: null }).toEqual({
      ...absent.body,
      requestId: null,
      instance: null,
    });
  });

  it('move to the ended ones when they end, and out of the sight of a proxy who is to notice nothing', async () => {
    const { id } = await desk.mandate('P-1', 'P-2', ['faults'], ['C-1']);
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${id}/withdraw`));
    expect(await idsOf(holder, 'holder')).not.toContain(id);
    expect(await idsOf(holder, 'holder', 'ended')).toContain(id);
    expect(await idsOf(proxy, 'proxy', 'ended')).toContain(id);

    const silent = await desk.mandate('P-1', 'P-2', ['faults'], ['C-1']);
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${silent.id}/withdraw`, { silent: true }));
    expect(await idsOf(holder, 'holder', 'ended')).toContain(silent.id);
    expect(await idsOf(proxy, 'proxy')).not.toContain(silent.id);
    expect(await idsOf(proxy, 'proxy', 'ended')).not.toContain(silent.id);
    expect((await proxy.get(`/v1/me/mandates/${silent.id}`)).status).toBe(404);
  });
});
