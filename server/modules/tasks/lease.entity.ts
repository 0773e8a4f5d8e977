import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Lane } from '../../../shared/enums';

@Entity('lease')
export class Lease {
  @PrimaryColumn('uuid')
  imageId!: string;

  /** Images that want several answers have several slots. */
  @PrimaryColumn('smallint')
  slot!: number;

  @Column('uuid')
  datasetId!: string;

  @Column('uuid')
  token!: string;

  @Column('uuid')
  userId!: string;

  @Column('text')
  lane!: Lane;

  /** Predictions stay hidden from the person who holds it. */
  @Column('boolean', { default: false })
  blind!: boolean;

  @Column('timestamptz')
  expiresAt!: Date;
}
