import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../auth/access.decorators.ts';
import { Config } from '../config/config.ts';
import { organisationOf } from '../config/organisation.ts';
import { HTML, renderPage } from '../pages/layout.tsx';
import { InboxPageQuery, InboxQuery } from './demo-inbox.dto.ts';
import { DemoInboxRepository, type InboxMessage } from './demo-inbox.repository.ts';
import { InboxPage } from './inbox-page.tsx';

const PAGE = 100;

/** Everybody may read it: that is what a sandbox is, and why production refuses to start with one. */
@Public()
@ApiExcludeController()
@Controller('demo')
export class DemoInboxController {
  constructor(
    private readonly config: Config,
    private readonly repository: DemoInboxRepository,
  ) {}

  @Get('inbox')
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  async page(@Query() query: InboxPageQuery): Promise<string> {
    const recipient = query.recipient ?? null;
    const isRefreshing = query.refresh === 'on';
    const messages = await this.repository.newest(recipient, PAGE);
    return renderPage(InboxPage({ sender: organisationOf(this.config), messages, recipient, isRefreshing }));
  }

  @Get('inbox.json')
  @Header('cache-control', 'no-store')
  async list(@Query() query: InboxQuery): Promise<{ messages: InboxMessage[] }> {
    return { messages: await this.repository.newest(query.recipient ?? null, PAGE) };
  }
}
