import { readFile } from 'node:fs/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '../config/config.ts';
import { AppError } from '../errors.ts';
import { policyHash } from './compile-policy.ts';
import { PolicyDocuments } from './policy-documents.service.ts';

/**
 * Brings the operator's file into force when the service starts: the first policy, and every file that is new.
 *
 * A file that was in force before and was replaced since stays replaced: a restart, or a process with an older file,
 * must not bring back rules that somebody took out of force.
 */
@Injectable()
export class PolicyAtStart implements OnApplicationBootstrap {
  private readonly logger = new Logger('Policies');

  constructor(
    private readonly policies: PolicyDocuments,
    private readonly config: Config,
    private readonly host: HttpAdapterHost,
  ) {}

  /**
   * A file that is not right changes nothing as long as another policy rules.
   *
   * @throws Error when there is no policy at all, so that the service doesn't start
   */
  async onApplicationBootstrap(): Promise<void> {
    // Commands decide nothing, and one of them is there to load another file.
    if (!this.host.httpAdapter) return;
    const active = await this.policies.activeHash();
    try {
      const text = await readFile(this.config.policyFile, 'utf8');
      const hash = policyHash(text);
      if (active !== null && active !== hash && (await this.policies.isKnown(hash))) {
        await this.policies.current();
        this.logger.warn(
          `POLICY_FILE holds policy ${hash}, which was replaced by ${active}: that one stays in force. ` +
            'To bring the file back, load it: policy load FILE.',
        );
        return;
      }
      if (active === hash) {
        // Loading it again could come after the moment of one that is planned, and put this one back over it.
        await this.policies.current();
        return;
      }
      const { policy, isChanged } = await this.policies.load(text, 'system');
      if (isChanged) this.logger.log(`Policy ${policy.hash} of ${this.config.policyFile} is in force now.`);
    } catch (error) {
      const why = explain(error);
      if (active === null) {
        throw new Error(`POLICY_FILE can't be used, and there is no earlier policy. ${why}`, { cause: error });
      }
      // Throws when this version can't read that one either: then nothing could be decided.
      await this.policies.current();
      this.logger.error(`POLICY_FILE can't be used: policy ${active} stays in force. ${why}`);
    }
  }
}

function explain(error: unknown): string {
  if (!(error instanceof AppError)) return String(error);
  return [error.message, ...error.faults.map(({ detail }) => `- ${detail}`)].join('\n');
}
