import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('user_account')
export class User {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
