import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('dataset')
export class Dataset {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('uuid')
  createdBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column('text', { nullable: true })
  backboneId!: string | null;

  @Column('integer')
  autoRetrainAfter!: number;

  @Column('text')
  splitSeed!: string;

  @Column('integer', { default: 0 })
  nextOrdinal!: number;

  @Column('integer', { default: 1 })
  nextRunNumber!: number;

  /** Last label_event in the snapshot of the latest run. */
  @Column('bigint', { default: 0 })
  snapshotEventId!: string;

  @Column('uuid', { nullable: true })
  currentRunId!: string | null;

  @Column('bigint', { nullable: true })
  currentOrderingId!: string | null;
}
