import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { BlockListResponse, BlockParams, BlockRequest, BlockResponse, BlocksQuery } from './blocks.dto.ts';
import { BlocksService } from './blocks.service.ts';

@ApiTags('mandates')
@Controller('v1/blocks')
export class BlocksController {
  constructor(private readonly blocks: BlocksService) {}

  /** A holder refuses one person from now on, mandate or not. One that stands already is answered as it is. */
  @Post()
  @HttpCode(200)
  @Scopes('crm')
  async set(@Body() request: BlockRequest, @CurrentPrincipal() principal: Principal): Promise<BlockResponse> {
    return BlockResponse.of(await this.blocks.set(request.holder, request.caller, actorOf(principal)));
  }

  /** Whom a holder refuses. The look-up is recorded. */
  @Get()
  @Scopes('crm', 'privacy')
  async list(@Query() { holder }: BlocksQuery, @CurrentPrincipal() principal: Principal): Promise<BlockListResponse> {
    return BlockListResponse.of(await this.blocks.list(holder, principal));
  }

  /** The holder takes their no back, and is told so. Mandates count again as they are. */
  @Delete(':id')
  @HttpCode(204)
  @Scopes('crm')
  async lift(@Param() { id }: BlockParams, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.blocks.lift(id, actorOf(principal));
  }
}
