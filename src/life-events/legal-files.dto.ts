import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsUUID, Matches } from 'class-validator';

import { IsDay, IsLeftOutOr, IsLine, IsReference } from '../holders/field-rules.ts';
import { type NewProof, type Proof, PROOF_FORMS, type ProofForm } from './legal-file.ts';

export class FileParams {
  @IsUUID()
  id: string;
}

export class FilesQuery {
  /** The CRM's reference of a person; left out: what waits for a second employee. */
  @IsLeftOutOr(IsReference())
  person?: string;
}

/** What a paper looks like and where it lies. The paper itself stays where it is. */
export class EvidenceRequest {
  /** A court's decision, a public register, a notary; `other` is kept, and proves nothing. */
  @IsIn(PROOF_FORMS)
  form: ProofForm;

  /**
   * Who made it.
   * @example Rechtbank Voorbeeldstad
   */
  @IsLine(120)
  source: string;

  /** Under which it is found there. */
  @IsLine(120)
  reference: string;

  /** SHA-256 of the file that you keep. */
  @Matches(/^[0-9a-f]{64}$/, { message: 'must be 64 hexadecimal digits in lower case' })
  sha256: string;

  /** The paper's own date. */
  @IsDay()
  dated_on: string;

  toProof(): NewProof {
    const { form, source, reference, sha256, dated_on: datedOn } = this;
    return { form, source, reference, sha256, datedOn };
  }
}

export class EvidenceResponse {
  id: string;
  @ApiProperty({ enum: PROOF_FORMS })
  form: ProofForm;
  /** Null once the person was erased, as is the reference. */
  @ApiProperty({ type: String, nullable: true })
  source: string | null;
  @ApiProperty({ type: String, nullable: true })
  reference: string | null;
  sha256: string;
  @ApiProperty({ format: 'date' })
  dated_on: string;
  /** The employee's pseudonym. */
  filed_by: string;
  @ApiProperty({ format: 'date-time' })
  filed_at: string;

  static of(proof: Proof): EvidenceResponse {
    const { id, form, source, reference, sha256, datedOn, filedBy, filedAt } = proof;
    return Object.assign(new EvidenceResponse(), {
      id,
      form,
      source,
      reference,
      sha256,
      dated_on: datedOn,
      filed_by: filedBy.pseudonym,
      filed_at: filedAt.toISOString(),
    });
  }
}
