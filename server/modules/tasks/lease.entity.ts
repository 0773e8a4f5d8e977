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

  /** Somebody else answered the image already; a further answer is wanted. */
  @Column('boolean', { default: false })
  again!: boolean;

  /** The predicted class that is to be confirmed. */
  @Column('uuid', { nullable: true })
  classId!: string | null;

  @Column('timestamptz')
  expiresAt!: Date;
}
