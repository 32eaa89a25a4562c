import { Controller, Get, Header, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../auth/access.decorators.ts';
import { Config } from '../config/config.ts';
import { organisationOf } from '../config/organisation.ts';
import { AppError } from '../errors.ts';
import { HTML, renderPage } from '../pages/layout.tsx';
import { InboxLetterParams, InboxPageQuery, InboxQuery } from './demo-inbox.dto.ts';
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

  /** A letter as the print house would get it. */
  @Get('inbox/:message_id/letter.pdf')
  @Header('content-type', 'application/pdf')
  @Header('cache-control', 'no-store')
  async letter(@Param() { message_id }: InboxLetterParams): Promise<StreamableFile> {
    const letter = await this.repository.letter(message_id);
    if (letter === null) throw new AppError('not_found', 'There is no such letter.');
    return new StreamableFile(letter);
  }
}
