import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A counter that all API processes share. The library rate-limiter-flexible writes the table. */
@Entity('rate_counter')
export class RateCounter {
  @PrimaryColumn('varchar', { length: 255 })
  key!: string;

  @Column('integer', { default: 0 })
  points!: number;

  /** Milliseconds since 1970. The next use after it starts from zero. */
  @Column('bigint', { nullable: true })
  expire!: string | null;
}
