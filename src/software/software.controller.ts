import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { DeclaredSoftwareResponse, DeclareSoftwareRequest, SoftwareParams, SoftwareResponse } from './software.dto.ts';
import { SoftwareService } from './software.service.ts';

/** Software that calls for you. */
@ApiTags('self-service')
@Controller('v1/me/software')
@Scopes('person')
export class SoftwareController {
  constructor(private readonly software: SoftwareService) {}

  /** What you declared and is in use. */
  @Get()
  async list(@CurrentPrincipal() principal: Principal): Promise<SoftwareResponse[]> {
    return (await this.software.list(principal)).map((one) => SoftwareResponse.of(one));
  }

  /**
   * Declares software that calls for you, with its mandate. The mandate is given like any other, and is changed and withdrawn
   * like any other; software accepts nothing, so it counts once you gave it. On the phone it has to say that it is software, and
   * shows who it is with codes from this secret, which is told this once.
   */
  @Post()
  async declare(
    @Body() request: DeclareSoftwareRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<DeclaredSoftwareResponse> {
    return DeclaredSoftwareResponse.ofDeclared(await this.software.declare(request.toDeclaration(), principal));
  }

  /** At once and for good: its secret is worth nothing any more, and what you let it do ends. */
  @Post(':id/revoke')
  @HttpCode(HttpStatus.NO_CONTENT)
  async revoke(@Param() { id }: SoftwareParams, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.software.revoke(id, principal);
  }
}
