import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('class')
export class Class {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  datasetId!: string;

  @Column('text')
  name!: string;

  @Column('text')
  color!: string;

  @Column('text', { nullable: true })
  hotkey!: string | null;

  @Column('integer')
  position!: number;

  @Column('timestamptz', { nullable: true })
  archivedAt!: Date | null;
}
