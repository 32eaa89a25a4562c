import { createMandaat } from '../typescript/src/index.ts';
import { AGENT, startService } from './service.ts';
import { playStory } from './story.ts';

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

say('A CRM that enforces with Mandaat: clients/example-crm/crm.ts is all of it.');
say('\nStarting the service on an embedded PostgreSQL …');
const service = await startService();
const stopped = (): Promise<void> => service.stop();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stopped());
try {
  const { url } = service;
  const crm = createMandaat({ url, key: await service.createKey('crm'), language: 'en' });
  const desk = createMandaat({ url, key: await service.createKey('agent'), agent: AGENT });
  const admin = createMandaat({ url, key: await service.createKey('admin') });
  await playStory({ url, crm, desk, admin, stop: stopped }, say);
  say('\nThat was all: what this CRM did was permitted, and what was not permitted it did not do.');
} finally {
  await stopped();
}
