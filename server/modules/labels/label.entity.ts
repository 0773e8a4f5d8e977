import { Column, Entity, PrimaryColumn } from 'typeorm';
import { LabelOrigin } from '../../../shared/enums';

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

  @Column('boolean')
  extra!: boolean;

  @Column('boolean', { default: true })
  inForce!: boolean;

  /** The same person’s label that it took the place of; undo brings that one back. */
  @Column('uuid', { nullable: true })
  replaces!: string | null;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  createdAt!: Date;
}
