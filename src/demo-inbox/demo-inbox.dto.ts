import { IsIn, IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';

export class InboxQuery {
  /** Exactly this recipient's messages. */
  @IsOptional()
  @IsString()
  @MaxLength(320)
  recipient?: string;
}

export class InboxPageQuery extends InboxQuery {
  /** `on`: the page loads itself again every few seconds. */
  @IsOptional()
  @IsIn(['on'])
  refresh?: string;
}

export class InboxLetterParams {
  @IsUUID()
  message_id: string;
}

export class DemoSignInParams {
  @IsUUID()
  id: string;

  @Matches(/^\d{6}$/)
  code: string;
}
