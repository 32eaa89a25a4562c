import { Command } from 'commander';
import { agentsCommand } from './agents.command.ts';
import { auditCommand } from './audit.command.ts';
import { contractCommand } from './contract.command.ts';
import { databaseCommand } from './database.command.ts';
import { importCommand } from './import.command.ts';
import { keysCommand } from './keys.command.ts';
import { policyCommand } from './policy.command.ts';

/** Every command of the command line. Each loads what it needs only when it is called. */
export function createProgram(): Command {
  return new Command('mandaat')
    .description('Operates Mandaat. Reads the same configuration as the service: the environment and .env.')
    .showHelpAfterError()
    .addCommand(keysCommand())
    .addCommand(agentsCommand())
    .addCommand(policyCommand())
    .addCommand(importCommand())
    .addCommand(auditCommand())
    .addCommand(databaseCommand())
    .addCommand(contractCommand());
}
