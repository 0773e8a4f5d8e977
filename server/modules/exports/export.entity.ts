import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import { ExportInclude } from '../../../shared/enums';

@Entity('export')
export class Export {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  datasetId!: string;

  @Column('uuid')
  userId!: string;

  @Column('text')
  include!: ExportInclude;

  @Column('real', { nullable: true })
  minConfidence!: number | null;

  /**
   * The certificate whose frozen classes are delivered instead of the current run’s predictions.
   */
  @Column('uuid', { nullable: true })
  certificateId!: string | null;

  @Column('integer')
  imageCount!: number;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
