import { Column, Entity, PrimaryColumn } from 'typeorm';
import { RefusalReason, UploadKind } from '../../../../shared/enums';

/** Why a file was refused, for the person who uploaded it. */
export interface RefusalRecord {
  fileName: string;
  reason: RefusalReason;
  message: string;
}

@Entity('upload_ticket')
export class UploadTicket {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  datasetId!: string;

  @Column('uuid')
  userId!: string;

  @Column('text')
  fileName!: string;

  /** bigint columns are read as strings. */
  @Column('bigint')
  byteSize!: string;

  @Column('text')
  kind!: UploadKind;

  @Column('text', { nullable: true })
  className!: string | null;

  @Column('boolean')
  labelsFromFolders!: boolean;

  @Column('boolean')
  heldOut!: boolean;

  @Column('bytea', { nullable: true })
  sha256!: Buffer | null;

  @Column('bigint', { nullable: true })
  receivedBytes!: string | null;

  @Column('timestamptz')
  expiresAt!: Date;

  @Column('uuid', { nullable: true })
  imageId!: string | null;

  @Column('boolean', { default: false })
  duplicate!: boolean;

  @Column('uuid', { nullable: true })
  importId!: string | null;

  @Column('jsonb', { nullable: true })
  refusal!: RefusalRecord | null;

  @Column('timestamptz', { nullable: true })
  completedAt!: Date | null;
}
