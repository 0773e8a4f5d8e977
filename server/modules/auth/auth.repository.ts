import { In, type DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { Viewer } from '../../domain/viewer';
import { Session } from './session.entity';
import { User } from './user.entity';

/** Reads and writes people and their sessions. */
export class AuthRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Case makes no difference to a name. */
  async findOrCreateUser(name: string): Promise<User> {
    await this.dataSource.query(
      'INSERT INTO user_account (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [uuid(), name],
    );
    return this.byName(name).getOneOrFail();
  }

  findUser(name: string): Promise<User | null> {
    return this.byName(name).getOne();
  }

  async usersById(ids: readonly string[]): Promise<Map<string, User>> {
    const users = await this.dataSource.manager.findBy(User, { id: In([...ids]) });
    return new Map(users.map((user) => [user.id, user]));
  }

  async insertSession(session: Pick<Session, 'tokenHash' | 'userId' | 'expiresAt'>): Promise<void> {
    await this.dataSource.manager.insert(Session, session);
  }

  async deleteSession(tokenHash: Buffer): Promise<void> {
    await this.dataSource.manager.delete(Session, { tokenHash });
  }

  /** The person of a session that has not expired. */
  async findViewer(tokenHash: Buffer): Promise<Viewer | null> {
    const rows: Viewer[] = await this.dataSource.query(
      `SELECT u.id, u.name FROM session s JOIN user_account u ON u.id = s.user_id
       WHERE s.token_hash = $1 AND s.expires_at > now()`,
      [tokenHash],
    );
    return rows[0] ?? null;
  }

  /** Returns those of the sessions that have neither ended nor expired. */
  async findLiveSessions(tokenHashes: readonly Buffer[]): Promise<Buffer[]> {
    const rows: { token_hash: Buffer }[] = await this.dataSource.query(
      'SELECT token_hash FROM session WHERE token_hash = ANY($1) AND expires_at > now()',
      [tokenHashes],
    );
    return rows.map((row) => row.token_hash);
  }

  /** Keeps the newest sessions of a person. */
  async endOldSessions(userId: string, kept: number): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM session WHERE token_hash IN
         (SELECT token_hash FROM session WHERE user_id = $1 ORDER BY created_at DESC OFFSET $2)`,
      [userId, kept],
    );
  }

  async deleteExpiredSessions(): Promise<void> {
    await this.dataSource.query('DELETE FROM session WHERE expires_at < now()');
  }

  private byName(name: string) {
    return this.dataSource.manager
      .createQueryBuilder(User, 'user')
      .where('lower(user.name) = lower(:name)', { name });
  }
}
