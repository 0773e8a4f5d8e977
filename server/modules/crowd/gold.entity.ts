import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** An image whose correct class is known. Annotators are scored on it. */
@Entity('gold')
export class Gold {
  @PrimaryColumn('uuid')
  imageId!: string;

  @Column('uuid')
  datasetId!: string;

  @Column('uuid')
  classId!: string;

  @Column('uuid')
  userId!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
