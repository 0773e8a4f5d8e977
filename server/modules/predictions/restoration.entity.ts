import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A published run whose predictions were dropped and are being made anew. */
@Entity('run_restoration')
export class RunRestoration {
  @PrimaryColumn('uuid')
  runId!: string;

  @Column('uuid')
  datasetId!: string;

  /** Whether its model is to be the current one again. */
  @Column('boolean')
  makeCurrent!: boolean;

  /** The current run when it was asked for: one that was published since stays. */
  @Column('uuid', { nullable: true })
  fromRunId!: string | null;

  @Column('uuid')
  askedBy!: string;

  /** 0 to 1. */
  @Column('real', { default: 0 })
  fraction!: number;

  @Column('text', { nullable: true })
  failure!: string | null;
}
