export type { User } from './user.entity';
