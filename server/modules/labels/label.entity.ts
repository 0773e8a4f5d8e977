import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Lane, LabelOrigin } from '../../../shared/enums';

@Entity('label')
export class Label {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  datasetId!: string;

  @Column('uuid')
  imageId!: string;

  @Column('uuid')
  classId!: string;

  @Column('uuid')
  userId!: string;

  @Column('text')
  origin!: LabelOrigin;

  /** The lane of the lease that was live when the person answered. */
  @Column('text', { nullable: true })
  lane!: Lane | null;

  /** Whether the person answered without seeing a prediction. */
  @Column('boolean', { default: false })
  blind!: boolean;

  @Column('boolean')
  extra!: boolean;

  /** Whether the person saw the consensus and corrected it. */
  @Column('boolean', { default: false })
  corrects!: boolean;

  @Column('boolean', { default: true })
  inForce!: boolean;

  /** The lease that it was given with. */
  @Column('text', { nullable: true })
  leaseToken!: string | null;

  /** The same person’s label that this one replaced. Undo restores it. */
  @Column('uuid', { nullable: true })
  replaces!: string | null;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  createdAt!: Date;
}
