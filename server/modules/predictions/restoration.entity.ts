import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A published run whose deleted predictions are being computed again. */
@Entity('run_restoration')
export class RunRestoration {
  @PrimaryColumn('uuid')
  runId!: string;

  @Column('uuid')
  datasetId!: string;

  /** Whether its model becomes the current one at the end. */
  @Column('boolean')
  makeCurrent!: boolean;

  /**
   * The current run at the time of the request. If another run was published since, that one stays.
   */
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
