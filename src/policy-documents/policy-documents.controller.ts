import { Body, Controller, Get, Header, Headers, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { preferredLanguage } from '../http/preferred-language.ts';
import type { PolicyHash } from '../policy/ids.ts';
import { LoadedPolicyResponse, PolicyCheckResponse, PolicyResponse, StartQuery } from './policy-documents.dto.ts';
import { PolicyDocuments } from './policy-documents.service.ts';
import { PolicyHashPipe } from './policy-hash.pipe.ts';
import { PolicyTextPipe } from './policy-text.pipe.ts';

export const policyDocumentBody = {
  schema: {
    type: 'object',
    required: ['document'],
    additionalProperties: false,
    properties: { document: { type: 'string', description: 'The policy document, as YAML.' } },
  },
};
const languageHeader = { name: 'Accept-Language', required: false, description: 'nl or en; Dutch when left out.' };

@ApiTags('policies')
@Controller('v1/policies')
export class PolicyDocumentsController {
  constructor(private readonly policies: PolicyDocuments) {}

  /**
   * Checks a policy document and brings it into force, now or later. One with mistakes is refused whole: what was in force stays.
   */
  @Post()
  @HttpCode(200)
  @Scopes('admin')
  @ApiConsumes('application/json', 'text/yaml')
  @ApiBody(policyDocumentBody)
  async load(
    @Body(PolicyTextPipe) text: string,
    @Query() start: StartQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<LoadedPolicyResponse> {
    return LoadedPolicyResponse.of(await this.policies.load(text, actorOf(principal), StartQuery.momentOf(start)));
  }

  /** Finds every mistake in a policy document, with its line and column. Changes nothing. */
  @Post('check')
  @HttpCode(200)
  @Scopes('admin')
  @ApiConsumes('application/json', 'text/yaml')
  @ApiBody(policyDocumentBody)
  async check(@Body(PolicyTextPipe) text: string): Promise<PolicyCheckResponse> {
    return PolicyCheckResponse.of(await this.policies.check(text));
  }

  /** The policy in force: scopes with their texts, and actions with what they need. */
  @Get('current')
  @Scopes('agent', 'crm', 'admin')
  @ApiHeader(languageHeader)
  @Header('Vary', 'Accept-Language')
  async current(@Headers('accept-language') wishes?: string): Promise<PolicyResponse> {
    return PolicyResponse.of(await this.policies.current(), preferredLanguage(wishes, 'nl'));
  }

  /** A policy that is or was in force, by the hash that a decision names. */
  @Get(':hash')
  @Scopes('agent', 'crm', 'admin')
  @ApiParam({ name: 'hash', schema: { type: 'string', pattern: '^[0-9a-f]{64}$' } })
  @ApiHeader(languageHeader)
  @Header('Vary', 'Accept-Language')
  async byHash(
    @Param('hash', PolicyHashPipe) hash: PolicyHash,
    @Headers('accept-language') wishes?: string,
  ): Promise<PolicyResponse> {
    return PolicyResponse.of(await this.policies.byHash(hash), preferredLanguage(wishes, 'nl'));
  }
}
