import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('prediction')
export class Prediction {
  @PrimaryColumn('uuid')
  runId!: string;

  @PrimaryColumn('uuid')
  imageId!: string;

  @Column('uuid')
  classId!: string;

  @Column('real')
  confidence!: number;

  @Column('real')
  margin!: number;

  @Column('real')
  entropy!: number;

  @Column('uuid', { array: true })
  topClassIds!: string[];

  @Column('real', { array: true })
  topConfidences!: number[];
}
