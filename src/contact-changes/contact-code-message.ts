import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { AgentsService } from '../auth/agents.service.ts';
import { CodesService } from '../codes/codes.service.ts';
import { masked } from '../holders/contact-point.ts';
import { MessagesService } from '../messages/messages.service.ts';
import type { QueuedMessage, TemplateValues } from '../messages/template-values.ts';
import { ContactChangesService } from './contact-changes.service.ts';

/** What the messages say that carry the codes of a change. */
@Injectable()
export class ContactCodeMessage implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly codes: CodesService,
    private readonly changes: ContactChangesService,
    private readonly messages: MessagesService,
    private readonly agents: AgentsService,
  ) {}

  onModuleInit(): void {
    this.messages.provide('contact_code', (message) => this.#values(message));
    this.messages.onUndeliverable('contact_code', ({ codeId, codeCounter }, fault) =>
      codeId === null || codeCounter === null
        ? Promise.resolve()
        : this.codes.markUndeliverable(codeId, codeCounter, fault),
    );
  }

  async #values(message: QueuedMessage): Promise<TemplateValues['contact_code'] | 'drop'> {
    const { codeId, codeCounter, personId } = message;
    const code = codeId === null ? null : await this.codes.find(this.dataSource.manager, codeId);
    const value = code === null ? null : this.codes.valueOf(code, codeCounter, await this.codes.clock());
    const about = code === null || value === null ? null : await this.changes.about(personId, code.id);
    if (code === null || value === null || about === null) return 'drop';
    const { added, ended, kind } = about.change;
    const point = added ?? ended;
    const agent = code.agentId === null ? null : await this.agents.byId(code.agentId);
    return {
      code: value,
      reader: about.side,
      change: added === null ? 'removed' : 'added',
      kind,
      masked: point === null ? '' : masked(point),
      agent: agent === null ? null : { pseudonym: agent.pseudonym, role: agent.role },
      expiresAt: code.expiresAt,
    };
  }
}
