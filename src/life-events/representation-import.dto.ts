import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsIn, IsString, MaxLength } from 'class-validator';

import { IsLeftOutOr, IsListOf, IsObjectOf, IsReference } from '../holders/field-rules.ts';
import { REPRESENTATION_KINDS, type RepresentationKind } from '../policy/vocabulary.ts';
import { EvidenceRequest } from './legal-files.dto.ts';
import { IMPORT_OUTCOMES, type ImportedRow, type ImportOutcome } from './representation-imports.service.ts';
import type { ReportedRepresentation } from './representations.service.ts';

/** Rows of one import. */
const MOST = 100;

/** One measure, as the extract has it. */
export class RegisterImportEntryRequest {
  /** The CRM's reference of who is represented. */
  @IsReference()
  holder: string;

  /** The CRM's reference of who represents them. */
  @IsReference()
  representative: string;

  @IsIn(REPRESENTATION_KINDS)
  kind: RepresentationKind;

  /** As of one that is recorded by hand. */
  @IsLeftOutOr(IsString(), MaxLength(40))
  starts_at?: string;

  /** As of one that is recorded by hand. */
  @IsString()
  @MaxLength(40)
  ends_at: string;
}

export class RegisterImportRequest {
  /** The extract that the rows come from: the proof of each of them. */
  @IsObjectOf(() => EvidenceRequest)
  evidence: EvidenceRequest;

  /** 1 to 100. */
  @IsListOf(() => RegisterImportEntryRequest)
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST)
  entries: RegisterImportEntryRequest[];

  toReports(): readonly ReportedRepresentation[] {
    const proof = this.evidence.toProof();
    return this.entries.map(({ holder, representative, kind, starts_at: startsAt = null, ends_at: endsAt }) => {
      return { holder, representative, kind, startsAt, endsAt, proof };
    });
  }
}

export class RegisterImportFaultResponse {
  /** Of a field of the entry, such as `/ends_at`. */
  pointer: string;
  detail: string;
}

export class RegisterImportedRowResponse {
  /** Its place in `entries`, from 0. */
  entry: number;
  /**
   * `proposed`: it waits for a second employee. `on_file`: the same waits or counts already. `differs`: it does for another period: look, and
   * revoke or reject that one if the register is right. `decided_before`: it came from this very extract, and was rejected or revoked since; record
   * it by hand if it is so. `refused`: see `errors`. But for `proposed` nothing was recorded.
   */
  @ApiProperty({ enum: IMPORT_OUTCOMES })
  outcome: ImportOutcome;
  /** What waits now, or what is on file; null where it was refused. */
  @ApiProperty({ type: String, nullable: true, format: 'uuid' })
  representation_id: string | null;
  /** What is wrong with it. */
  @ApiProperty({ type: [RegisterImportFaultResponse] })
  errors: RegisterImportFaultResponse[];
}

export class RegisterImportResponse {
  /** In the order of `entries`. */
  @ApiProperty({ type: [RegisterImportedRowResponse] })
  rows: RegisterImportedRowResponse[];

  static of(rows: readonly ImportedRow[]): RegisterImportResponse {
    return Object.assign(new RegisterImportResponse(), {
      rows: rows.map(({ outcome, representationId, faults }, entry) =>
        Object.assign(new RegisterImportedRowResponse(), {
          entry,
          outcome,
          representation_id: representationId,
          errors: faults.map(({ pointer, detail }) => ({ pointer, detail })),
        }),
      ),
    });
  }
}
