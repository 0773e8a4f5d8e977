import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import { ImportStatus } from '../../../../shared/enums';
import type { RefusalRecord } from '../uploads/uploadTicket.entity';

@Entity('import')
export class Import {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  datasetId!: string;

  @Column('uuid')
  userId!: string;

  @Column('uuid')
  ticketId!: string;

  @Column('text')
  fileName!: string;

  @Column('text')
  status!: ImportStatus;

  @Column('boolean')
  labelsFromFolders!: boolean;

  @Column('boolean')
  heldOut!: boolean;

  @Column('integer', { default: 0 })
  filesTotal!: number;

  @Column('integer', { default: 0 })
  filesDone!: number;

  @Column('integer', { default: 0 })
  imagesAdded!: number;

  @Column('integer', { default: 0 })
  duplicates!: number;

  @Column('integer', { default: 0 })
  labelsAdded!: number;

  @Column('jsonb', { default: [] })
  refusals!: RefusalRecord[];

  @Column('integer', { default: 0 })
  refusalCount!: number;

  @Column('text', { nullable: true })
  failure!: string | null;

  @Column('uuid', { nullable: true })
  workerId!: string | null;

  /** How often a worker has begun since the last file that was read. */
  @Column('integer', { default: 0 })
  attempts!: number;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
