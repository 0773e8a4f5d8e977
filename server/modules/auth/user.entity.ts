import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('user_account')
export class User {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  /** `skeletonOf` the name. */
  @Column('text', { nullable: true })
  nameSkeleton!: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
