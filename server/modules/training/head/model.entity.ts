import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The head a run published: what predicts until the next one. */
@Entity('model')
export class Model {
  @PrimaryColumn('uuid')
  runId!: string;

  @Column('uuid')
  datasetId!: string;

  @Column('text')
  backboneId!: string;

  /** Column k of the weights is the class classIds[k]. */
  @Column('uuid', { array: true })
  classIds!: string[];

  @Column('integer')
  dimensions!: number;

  /** float32, little-endian, dimensions × classes, row-major. */
  @Column('bytea')
  weights!: Buffer;

  @Column('bytea')
  bias!: Buffer;

  /** What weights and bias were divided by, so that confidences are calibrated. */
  @Column('real', { default: 1 })
  temperature!: number;
}
