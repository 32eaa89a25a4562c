import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.ts';
import type { CodeRoute } from '../policy/vocabulary.ts';
import { DemoInboxSender } from './demo-inbox.sender.ts';
import { GatewaySender } from './gateway.sender.ts';
import { LetterFolderSender } from './letter-folder.sender.ts';
import type { Sender } from './sender.ts';
import { SmtpSender } from './smtp.sender.ts';

/** Which sender serves which route. In a sandbox everything stays in the demo's inbox, whatever else is configured. */
@Injectable()
export class Senders implements OnApplicationShutdown {
  readonly #byRoute: Readonly<Record<CodeRoute, Sender | null>>;

  constructor(config: Config, dataSource: DataSource) {
    if (config.demoInbox) {
      const inbox = new DemoInboxSender(dataSource);
      this.#byRoute = { sms: inbox, voice: inbox, email: inbox, letter: inbox };
      return;
    }
    const gateway = gatewayOf(config);
    this.#byRoute = { sms: gateway, voice: gateway, email: smtpOf(config), letter: folderOf(config) };
  }

  /** Null when the operator configured none: the message is undeliverable, and another route is offered. */
  of(route: CodeRoute): Sender | null {
    return this.#byRoute[route];
  }

  onApplicationShutdown(): void {
    for (const sender of new Set(Object.values(this.#byRoute))) sender?.close();
  }
}

function gatewayOf({ smsGatewayUrl: url, smsGatewayToken: token, smsFrom: from }: Config): Sender | null {
  return url === undefined || token === undefined || from === undefined
    ? null
    : new GatewaySender({ url, token, from });
}

function smtpOf({ smtpUrl: url, smtpFrom: from, organisationName: fromName }: Config): Sender | null {
  return url === undefined || from === undefined ? null : new SmtpSender({ url, from, fromName });
}

function folderOf({ letterFolder: folder }: Config): Sender | null {
  return folder === undefined ? null : new LetterFolderSender(folder);
}
