import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';

import { Public } from '../auth/access.decorators.ts';
import { Config } from '../config/config.ts';
import { ACCESS_REQUEST } from './access-request.ts';
import { ConfigurationResponse, DecisionKeysResponse } from './authzen.dto.ts';
import { Denials } from './denials.ts';
import { SUPPORTED_OBLIGATIONS } from './obligations.ts';
import { SignedDecisions } from './signed-decisions.ts';

@ApiTags('authzen')
@Controller('.well-known')
@Public()
export class ConfigurationController {
  constructor(
    private readonly config: Config,
    private readonly signed: SignedDecisions,
    private readonly denials: Denials,
  ) {}

  /** The public keys that signed decisions and denials verify with. A new key stands here before it signs. */
  @Get('jwks.json')
  @Header('Cache-Control', 'public, max-age=300')
  @ApiOkResponse({ type: DecisionKeysResponse })
  keys(): DecisionKeysResponse {
    return DecisionKeysResponse.of(this.signed.jwks.keys);
  }

  /** Where the standard decision API is, and what it can do. */
  @Get('authzen-configuration')
  @Header('Cache-Control', 'public, max-age=300')
  @ApiOkResponse({ type: ConfigurationResponse })
  configuration(): ConfigurationResponse {
    const base = this.config.publicUrl.replace(/\/$/, '');
    return {
      policy_decision_point: base,
      access_evaluation_endpoint: `${base}/access/v1/evaluation`,
      access_evaluations_endpoint: `${base}/access/v1/evaluations`,
      search_subject_endpoint: `${base}/access/v1/search/subject`,
      search_resource_endpoint: `${base}/access/v1/search/resource`,
      search_action_endpoint: `${base}/access/v1/search/action`,
      access_request_endpoint: this.denials.endpoint,
      jwks_uri: `${base}/.well-known/jwks.json`,
      capabilities: [ACCESS_REQUEST],
      supported_obligations: [...SUPPORTED_OBLIGATIONS],
    };
  }
}
