import { Command } from 'commander';
import { note, print, table } from './output.ts';

interface PutOptions {
  readonly role: string;
  readonly team?: string;
  readonly inactive?: true;
  readonly json?: true;
}

export function agentsCommand(): Command {
  const agents = new Command('agents').description('the employees who act for callers');
  agents
    .command('put')
    .argument('<agent_ref>', 'the organisation’s own reference, best an employee number')
    .description('register an agent, or say anew what is known of them')
    .requiredOption('--role <role>', 'as the policy names it')
    .option('--team <team>', 'as holders may see it')
    .option('--inactive', 'shut the agent out, whatever key they use')
    .option('--json', 'print JSON')
    .action(async (ref: string, { role, team, inactive, json }: PutOptions) => {
      const { CLI_ACTOR, withApplication } = await import('./application.ts');
      const { putAgentByHand } = await import('./put-agent.ts');
      const { outcome, agent } = await withApplication([], (application) =>
        putAgentByHand(application, ref, { role, team: team ?? null, is_active: inactive !== true }, CLI_ACTOR),
      );
      const response = { agent_ref: agent.ref, pseudonym: agent.pseudonym, role: agent.role, team: agent.team };
      if (json === true) print(JSON.stringify({ ...response, is_active: agent.isActive, outcome }, null, 2));
      else {
        const columns = ['AGENT', 'PSEUDONYM', 'ROLE', 'TEAM', 'ACTIVE', 'OUTCOME'];
        const active = agent.isActive ? 'yes' : 'no';
        print(table(columns, [[agent.ref, agent.pseudonym, agent.role, agent.team ?? '', active, outcome]]));
      }
    });
  agents
    .command('shut-out')
    .argument('<agent_ref>', 'the organisation’s own reference')
    .description('end all that an agent has here at once: access, keys, open calls, waiting codes')
    .option('--json', 'print JSON')
    .action(async (ref: string, { json }: { json?: true }) => {
      const { CLI_ACTOR, withApplication } = await import('./application.ts');
      const [{ KillSwitchModule }, { KillSwitch }] = await Promise.all([
        import('../kill-switch/kill-switch.module.ts'),
        import('../kill-switch/kill-switch.service.ts'),
      ]);
      const { keys, calls, codes } = await withApplication([KillSwitchModule], (application) =>
        application.get(KillSwitch).shutOut(ref, CLI_ACTOR),
      );
      if (json === true) print(JSON.stringify({ agent_ref: ref, keys, calls, codes }, null, 2));
      else note(`Shut out: ${keys.length} keys revoked, ${calls.length} calls ended, ${codes} codes cancelled.`);
    });
  return agents;
}
