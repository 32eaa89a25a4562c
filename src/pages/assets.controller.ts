import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.decorators.ts';
import { AppError } from '../errors.ts';
import { deskScript, deskScriptPath, hashScript, hashScriptPath } from './desk-script.ts';
import { deskStylesheet, deskStylesheetPath } from './desk-stylesheet.ts';
import { passkeyLibrary, passkeyLibraryPath, passkeyScript, passkeyScriptPath } from './passkey-script.ts';
import { stylesheet, stylesheetPath } from './stylesheet.ts';

const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

const FILES: ReadonlyMap<string, { readonly type: string; readonly content: string }> = new Map([
  [stylesheetPath, { type: CSS, content: stylesheet }],
  [passkeyLibraryPath, { type: SCRIPT, content: passkeyLibrary }],
  [passkeyScriptPath, { type: SCRIPT, content: passkeyScript }],
  [deskStylesheetPath, { type: CSS, content: deskStylesheet }],
  [deskScriptPath, { type: SCRIPT, content: deskScript }],
  [hashScriptPath, { type: SCRIPT, content: hashScript }],
]);

/** The few files that the pages need. */
@ApiExcludeController()
@Controller('assets')
export class AssetsController {
  @Get(':file')
  @Public()
  @Header('cache-control', 'public, max-age=31536000, immutable')
  file(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): string {
    const found = FILES.get(`/assets/${file}`);
    if (found === undefined) throw new AppError('not_found', 'There is no such file.');
    void reply.type(found.type);
    return found.content;
  }
}
