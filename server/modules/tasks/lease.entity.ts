import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import { Lane } from '../../../shared/enums';

@Entity('lease')
export class Lease {
  @PrimaryColumn('uuid')
  imageId!: string;

  /** Images that need several answers have several slots. */
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

  /** Whether predictions stay hidden from its holder. */
  @Column('boolean', { default: false })
  blind!: boolean;

  /** Whether this is a second opinion: somebody else has answered the image. */
  @Column('boolean', { default: false })
  again!: boolean;

  /** The predicted class to confirm. */
  @Column('uuid', { nullable: true })
  classId!: string | null;

  @Column('timestamptz')
  expiresAt!: Date;

  /** Renewals end a fixed time after it. */
  @CreateDateColumn({ type: 'timestamptz' })
  takenAt!: Date;
}
