import { IncidentEntity } from '../activity/incident.entity.ts';
import { AccessRequestEntity } from '../authzen/access-request.entity.ts';
import { AgentEntity } from '../auth/agent.entity.ts';
import { ApiKeyEntity } from '../auth/api-key.entity.ts';
import { ContactPointEntity } from '../holders/contact-point.entity.ts';
import { ContractHolderEntity } from '../holders/contract-holder.entity.ts';
import { ContractEntity } from '../holders/contract.entity.ts';
import { ImportEntity } from '../holders/import.entity.ts';
import { PersonEntity } from '../holders/person.entity.ts';
import { BlockEntity } from '../mandates/block.entity.ts';
import { MandateContractEntity, MandateEvidenceEntity, MandateScopeEntity } from '../mandates/mandate-parts.entity.ts';
import { MandateEntity } from '../mandates/mandate.entity.ts';
import { ReminderEntity } from '../mandates/reminder.entity.ts';
import { PolicyActivationEntity } from '../policy-documents/policy-activation.entity.ts';
import { PolicyEntity } from '../policy-documents/policy.entity.ts';
import { ContactChangeEntity } from '../contact-changes/contact-change.entity.ts';
import { CodeEntity } from '../codes/code.entity.ts';
import { SupportCodeEntity } from '../codes/support-code.entity.ts';
import { CallEntity } from '../calls/call.entity.ts';
import { ExecutionEntity } from '../calls/execution.entity.ts';
import { VerificationEntity } from '../verifications/verification.entity.ts';
import { SoftwareCallerEntity } from '../software/software-caller.entity.ts';
import { AskFirstEntity } from '../preferences/ask-first.entity.ts';
import { GrantDraftEntity } from '../my-mandates/grant-draft.entity.ts';
import { MandateRequestEntity } from '../mandate-requests/mandate-request.entity.ts';
import { SignInEntity } from '../sign-in/sign-in.entity.ts';
import { PasskeyEntity } from '../passkeys/passkey.entity.ts';
import { ChallengeEntity } from '../sessions/challenge.entity.ts';
import { SessionEntity } from '../sessions/session.entity.ts';
import { StaffSessionEntity } from '../staff/staff-session.entity.ts';
import { AuthenticatorEntity } from '../verifications/authenticator.entity.ts';

/** Every entity, named one by one: a glob would find other files in `src` than in `dist`. Rooms append theirs. */
export const entities: readonly (new () => object)[] = [
  AgentEntity,
  ApiKeyEntity,
  PersonEntity,
  ContactPointEntity,
  ContractEntity,
  ContractHolderEntity,
  ImportEntity,
  PolicyEntity,
  PolicyActivationEntity,
  MandateEntity,
  ReminderEntity,
  MandateScopeEntity,
  MandateContractEntity,
  MandateEvidenceEntity,
  BlockEntity,
  CodeEntity,
  SupportCodeEntity,
  CallEntity,
  ExecutionEntity,
  VerificationEntity,
  AuthenticatorEntity,
  SessionEntity,
  GrantDraftEntity,
  MandateRequestEntity,
  SignInEntity,
  ChallengeEntity,
  PasskeyEntity,
  IncidentEntity,
  AskFirstEntity,
  SoftwareCallerEntity,
  ContactChangeEntity,
  AccessRequestEntity,
  StaffSessionEntity,
];
