import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import type { Typed } from '../desk/desk-form.ts';
import { DeskPages } from '../desk/desk-page.decorators.ts';
import { RegisterImportRequest } from '../life-events/representation-import.dto.ts';
import { RepresentationImports } from '../life-events/representation-imports.service.ts';
import { EvidenceRequest, FileParams } from '../life-events/legal-files.dto.ts';
import { RepresentationRequest, RepresentationResponse } from '../life-events/representations.dto.ts';
import { RepresentationsService } from '../life-events/representations.service.ts';
import { CurrentPage } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { evidenceFields, IMPORT_COLUMNS, IMPORT_FIELDS, REPRESENTATION_FIELDS } from './file-fields.ts';
import { FileFormPage } from './file-form.tsx';
import { ImportedPage } from './imported-page.tsx';
import { readForm, rowsOf, taken } from './file-request.ts';
import { IMPORT, REPRESENTATIONS } from './file-paths.ts';
import { said, saidOf } from './file-said.ts';
import { RepresentationPage } from './representation-page.tsx';

/** Who acts for somebody by law: one employee records, another says whether it is so. */
@Controller('desk/files/representations')
@DeskPages()
export class RepresentationFilesController {
  constructor(
    private readonly representations: RepresentationsService,
    private readonly imports: RepresentationImports,
  ) {}

  @Get('new')
  ask(@CurrentPage() page: Page): PageAnswer {
    return formOf(page, {}, []);
  }

  @Post()
  record(
    @CurrentPage() page: Page,
    @Body() form: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return taken(
      (refused) => formOf(page, form, refused),
      async () => {
        const request = await readForm(form, RepresentationRequest);
        const { id } = await this.representations.record(request.toReport(), principal);
        return seeOther(`${REPRESENTATIONS}/${id}?said=recorded`);
      },
    );
  }

  @Get('import')
  askForExtract(@CurrentPage() page: Page): PageAnswer {
    return extractOf(page, {}, []);
  }

  /** What became of each row is told once; the same file again records nothing twice. */
  @Post('import')
  import(
    @CurrentPage() page: Page,
    @Body() form: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return taken(
      (refused) => extractOf(page, form, refused),
      async () => {
        const entries = rowsOf(form['entries'], IMPORT_COLUMNS);
        const request = await readForm(form, RegisterImportRequest, { entries });
        const rows = await this.imports.take(request.toReports(), principal);
        return ImportedPage({ page, entries: request.entries, rows });
      },
    );
  }

  @Get(':id')
  async show(
    @CurrentPage() page: Page,
    @Param() { id }: FileParams,
    @Query('said') what: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const one = RepresentationResponse.of(await this.representations.get(id, principal));
    return RepresentationPage({ page, one, said: saidOf(what) });
  }

  @Post(':id/evidence')
  evidence(
    @CurrentPage() page: Page,
    @Param() { id }: FileParams,
    @Body() form: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const path = `${REPRESENTATIONS}/${id}`;
    return taken(
      (refused) =>
        FileFormPage({
          page,
          title: 'files.add_evidence',
          action: `${path}/evidence`,
          fields: evidenceFields('', false),
          typed: form,
          refused,
          button: 'files.add_evidence',
        }),
      async () => {
        const proof = (await readForm(form, EvidenceRequest)).toProof();
        return said(path, () => this.representations.addProof(id, proof, principal).then(() => 'added'));
      },
    );
  }

  @Post(':id/approve')
  approve(@Param() { id }: FileParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return said(`${REPRESENTATIONS}/${id}`, () => this.representations.approve(id, principal).then(() => 'decided'));
  }

  @Post(':id/reject')
  reject(@Param() { id }: FileParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return said(`${REPRESENTATIONS}/${id}`, () => this.representations.reject(id, principal).then(() => 'decided'));
  }

  /** Taking authority away needs no second employee. */
  @Post(':id/revoke')
  revoke(@Param() { id }: FileParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return said(`${REPRESENTATIONS}/${id}`, () => this.representations.revoke(id, principal).then(() => 'decided'));
  }
}

function formOf(page: Page, typed: Typed, refused: readonly string[]): ReturnType<typeof FileFormPage> {
  return FileFormPage({
    page,
    title: 'files.new_representation',
    action: REPRESENTATIONS,
    fields: REPRESENTATION_FIELDS,
    typed,
    refused,
    button: 'files.record',
  });
}

function extractOf(page: Page, typed: Typed, refused: readonly string[]): ReturnType<typeof FileFormPage> {
  return FileFormPage({
    page,
    title: 'files.new_import',
    action: IMPORT,
    fields: IMPORT_FIELDS,
    typed: { 'evidence.form': 'register', ...typed },
    refused,
    button: 'files.import',
  });
}
