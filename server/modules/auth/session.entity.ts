import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('session')
export class Session {
  /** SHA-256 of the token. The token itself is never stored. */
  @PrimaryColumn('bytea')
  tokenHash!: Buffer;

  @Column('uuid')
  userId!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column('timestamptz')
  expiresAt!: Date;
}
