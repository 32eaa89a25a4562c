import { ApiProperty } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import { IsReference } from '../holders/field-rules.ts';
import type { Block } from './blocks.repository.ts';

export class BlockParams {
  @IsUUID()
  id: string;
}

export class BlocksQuery {
  /** The CRM's reference of the holder. */
  @IsReference()
  holder: string;
}

export class BlockRequest {
  /**
   * The CRM's reference of who says no.
   * @example P-1001
   */
  @IsReference()
  holder: string;

  /**
   * The CRM's reference of who is refused; not the holder.
   * @example P-1002
   */
  @IsReference()
  caller: string;
}

export class BlockResponse {
  id: string;

  /** The CRM's reference of who is refused. */
  caller: string;

  @ApiProperty({ format: 'date-time' })
  blocked_at: string;

  static of({ id, callerRef, blockedAt }: Block): BlockResponse {
    return Object.assign(new BlockResponse(), { id, caller: callerRef, blocked_at: blockedAt.toISOString() });
  }
}

export class BlockListResponse {
  /** Those that stand, the newest first; 100 at most. */
  blocks: BlockResponse[];

  static of(blocks: readonly Block[]): BlockListResponse {
    return Object.assign(new BlockListResponse(), { blocks: blocks.map((block) => BlockResponse.of(block)) });
  }
}
