import { IsUUID } from 'class-validator';

import { DeskCallParams } from '../desk/desk.dto.ts';

/** Something of the caller's. */
export class HelpParams extends DeskCallParams {
  @IsUUID()
  id: string;
}

/** Longer than any code with its blanks. */
export const LONGEST_CODE = 32;
