import { Controller, Get } from '@nestjs/common';

import { CurrentPage, PublicPages } from '../pages/page.decorators.ts';
import type { Page, PageAnswer } from '../pages/page.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import { LimitsPage } from './limits-pages.tsx';

/** For everybody: what may be arranged for somebody else, made from the policy in force. */
@Controller('portal/limits')
@PublicPages()
export class LimitsPagesController {
  constructor(private readonly policies: PolicyDocuments) {}

  @Get()
  async show(@CurrentPage() page: Page): Promise<PageAnswer> {
    return LimitsPage({ page, policy: await this.policies.current() });
  }
}
