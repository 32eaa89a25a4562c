import { Module } from '@nestjs/common';
import { HoldersModule } from '../holders/holders.module.ts';
import { AssetsController } from './assets.controller.ts';
import { ChosenLanguage } from './chosen-language.ts';
import { Cookies } from './cookies.ts';
import { FormTokens } from './form-tokens.ts';
import { PageFilter } from './page.filter.ts';
import { PageGuard } from './page.guard.ts';
import { PageInterceptor } from './page.interceptor.ts';

/** What every page stands on: see `layout.tsx`, `parts.tsx` and, for the self-service, `page.decorators.ts`. */
@Module({
  imports: [HoldersModule],
  controllers: [AssetsController],
  providers: [ChosenLanguage, Cookies, FormTokens, PageFilter, PageGuard, PageInterceptor],
  exports: [ChosenLanguage, Cookies, FormTokens, PageFilter, PageGuard, PageInterceptor],
})
export class PagesModule {}
