import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import { LabelOrigin, Split } from '../../../shared/enums';

@Entity('image')
export class Image {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  datasetId!: string;

  @Column('integer')
  ordinal!: number;

  @Column('text')
  fileName!: string;

  @Column('bytea')
  sha256!: Buffer;

  @Column('text')
  mediaType!: string;

  @Column('integer')
  width!: number;

  @Column('integer')
  height!: number;

  @Column('integer')
  byteSize!: number;

  @Column('boolean')
  heldOut!: boolean;

  @Column('text', { nullable: true })
  split!: Split | null;

  @Column('integer')
  shuffle!: number;

  @Column('integer', { default: 0 })
  version!: number;

  @Column('uuid', { nullable: true })
  consensusClassId!: string | null;

  @Column('text', { nullable: true })
  consensusOrigin!: LabelOrigin | null;

  @Column('timestamptz', { nullable: true })
  consensusAt!: Date | null;

  /** CROWDLAB's score of the consensus, 0 to 1, by the latest run. Null without one. */
  @Column('real', { nullable: true })
  consensusQuality!: number | null;

  /** The label by which a person settled the image. */
  @Column('uuid', { nullable: true })
  decidedBy!: string | null;

  /** Whether its correct class is known. Only reviewers may learn it. */
  @Column('boolean', { default: false })
  isGold!: boolean;

  @Column('uuid')
  createdBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
