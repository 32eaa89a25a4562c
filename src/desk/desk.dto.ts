import { IsUUID } from 'class-validator';

export class DeskCallParams {
  @IsUUID()
  call_id: string;
}

export class DeskVerificationParams extends DeskCallParams {
  @IsUUID()
  verification_id: string;
}

export class DeskConfirmationParams extends DeskCallParams {
  @IsUUID()
  confirmation_id: string;
}
