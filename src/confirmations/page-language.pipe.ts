import { Injectable, type PipeTransform } from '@nestjs/common';

import { type Language, LANGUAGES } from '../policy/vocabulary.ts';

/** The language in a page's address; anything else is none, as a person who followed a broken link still wants a page. */
@Injectable()
export class PageLanguagePipe implements PipeTransform<unknown, Language | null> {
  transform(value: unknown): Language | null {
    return LANGUAGES.find((language) => language === value) ?? null;
  }
}
