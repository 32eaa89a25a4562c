import { rm } from 'node:fs/promises';
import path from 'node:path';

import { SingleBar } from 'cli-progress';

import { AuditVerifier } from '../audit/audit-verifier.ts';
import { AgentsService } from '../auth/agents.service.ts';
import { KeysService } from '../auth/keys.service.ts';
import { ReplayService } from '../calls/replay.service.ts';
import { changedConfig, type Config } from '../config/config.ts';
import { configFromEnvironment } from '../config/environment.ts';
import { startEmbeddedPostgres } from '../database/embedded-postgres.ts';
import { ImportService } from '../holders/import.service.ts';
import { createLog } from '../http/log.ts';
import { type Service, startService } from '../start.ts';
import { Api } from './api.ts';
import { Screen } from './screen.ts';
import { type DemoEmployee, StaffProvider } from './staff-provider.ts';
import { CAST, playStory, signInLinks } from './story.ts';

const EXPORT = 'examples/crm-export.ndjson';
const ACTOR = 'demo';
const AGENT = 'A-100';
/** Who sit at the desk: what needs four eyes needs both. */
const EMPLOYEES: readonly DemoEmployee[] = [
  { ref: AGENT, name: 'Employee one' },
  { ref: 'A-101', name: 'Employee two' },
];
/** Whom the reader tries: somebody whose codes the story has not used up. */
const VISITOR = { contract: 'C-5009', phone: '+447700900109' } as const;

const screen = new Screen();
const isOnce = process.argv.includes('--once');

try {
  const config = demoConfig();
  const provider = await StaffProvider.start(EMPLOYEES, config.publicUrl);
  const service = await start(changedConfig(config, provider.settings)).catch(async (error: unknown) => {
    await provider.stop();
    throw error;
  });
  let isDone = false;
  const stop = async (): Promise<void> => {
    if (isDone) return;
    isDone = true;
    await service.stop();
    await provider.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
  try {
    const key = await play(service);
    if (!isOnce) sayWhereToGo(service.url, config.publicUrl, key);
  } catch (error) {
    await stop();
    throw error;
  }
  if (isOnce) await stop();
} catch (error) {
  process.stderr.write(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** A trial of its own: a folder that each run begins anew, messages in the demo inbox. */
function demoConfig(): Config {
  const config = configFromEnvironment();
  if (config.production) throw new Error('NODE_ENV is production, and a demo is not.');
  return changedConfig(config, {
    databaseUrl: undefined,
    databaseOwnerUrl: undefined,
    dataFolder: path.join(config.dataFolder, 'demo'),
    demoInbox: true,
    logLevel: 'error',
    ...(isOnce ? { port: 0 } : {}),
  });
}

async function start(config: Config): Promise<Service> {
  screen.say('Mandaat: who may have what done on whose contract, right now.');
  screen.say('\nStarting an embedded PostgreSQL and the service …');
  // An earlier demo may have been killed and have left its server running: join it, end it, begin anew.
  const earlier = await startEmbeddedPostgres({ folder: path.resolve(config.dataFolder, 'postgres') });
  await earlier.stop();
  await rm(path.join(config.dataFolder, 'postgres'), { recursive: true, force: true });
  return startService(config, createLog(config.logLevel));
}

async function play({ app, url }: Service): Promise<string> {
  const bar = new SingleBar({ format: 'Importing a CRM export {bar} {value} records', clearOnComplete: true });
  bar.start(0, 0);
  const report = await app.get(ImportService).importFile(EXPORT, {
    actor: ACTOR,
    onProgress: ({ line }) => {
      bar.setTotal(Math.max(line, 4500));
      bar.update(line);
    },
  });
  bar.stop();
  if (report.errorCount > 0) throw new Error(`${report.errorCount} lines of ${EXPORT} could not be imported`);
  screen.say(`Imported ${report.imported} people and contracts from ${EXPORT}.`);

  const keys = app.get(KeysService);
  for (const { ref } of EMPLOYEES) {
    await app.get(AgentsService).put(ref, { role: 'helpdesk', team: 'service', isActive: true }, ACTOR);
  }
  const crm = await keys.create({ name: 'demo CRM', scope: 'crm' }, ACTOR);
  const agent = await keys.create({ name: 'demo desk', scope: 'agent' }, ACTOR);
  await playStory({ crm: new Api(url, crm.text), agent: new Api(url, agent.text, AGENT) }, screen);

  screen.heading('The audit: every look-up, decision, code and change, chained and checked.');
  const verified = await app.get(AuditVerifier).verify();
  if (verified.faults.length > 0) throw new Error('the audit chain does not verify');
  screen.done(`${verified.records} records in ${verified.chains} chain verify.`);
  const replayed = await app.get(ReplayService).replayAll();
  if (replayed.differences.length > 0) throw new Error('recorded decisions come out differently');
  screen.done(
    `${replayed.decisions} decisions of ${replayed.checks} checks, taken again from their records, are the same.`,
  );

  screen.heading('Holder and proxy have a place of their own.');
  const links = await signInLinks(new Api(url, crm.text), url);
  for (const { name, link } of links) screen.done(`${name} signs in by this link, once, in the next minutes: ${link}`);
  return agent.text;
}

/** @param publicUrl where the provider of the demo's employees sends them back to */
function sayWhereToGo(url: string, publicUrl: string, key: string): void {
  const body = {
    channel: 'phone',
    contract_ref: VISITOR.contract,
    claim: { as: 'holder', calling_number: VISITOR.phone },
  };
  screen.say(`
${screen.bold('Have a look')}
   Self-service ${url}/portal (sign in with ${CAST.holder.phone}; the code is in the demo inbox)
   API          ${url}/docs
   Demo inbox   ${url}/demo/inbox
   Metrics      ${url}/metrics

${screen.bold('Try it by the API: the holder calls')}
curl -s ${url}/v1/calls \\
  -H 'Authorization: Bearer ${key}' \\
  -H 'Mandaat-Agent: ${AGENT}' \\
  -H 'Content-Type: application/json' \\
  -d '${JSON.stringify(body)}'

${screen.bold('Take the same call at the desk')}
   ${publicUrl}/desk
   Choose an employee. The contract is ${VISITOR.contract}, the number on the display ${VISITOR.phone}.

Ctrl-C stops the service.`);
}
