import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The head that a run published. It makes the predictions until another run is published. */
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

  /** Weights and bias were divided by this, so that confidences are calibrated. */
  @Column('real', { default: 1 })
  temperature!: number;
}
