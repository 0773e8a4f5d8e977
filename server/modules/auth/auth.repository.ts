import { In, type DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { lockName } from '../../database/namedLock';
import { skeletonOf } from '../../domain/lookAlikes';
import type { Viewer } from '../../domain/viewer';
import { Session } from './session.entity';
import { User } from './user.entity';

/** Reads and writes people and their sessions. */
export class AuthRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Case makes no difference to a name. */
  findByName(name: string): Promise<User | null> {
    return this.dataSource.manager
      .createQueryBuilder(User, 'user')
      .where('lower(user.name) = lower(:name)', { name })
      .getOne();
  }

  /**
   * Creates the person unless the name exists by now.
   *
   * @returns the name of another person that looks like it; then nothing is created
   */
  create(name: string): Promise<string | undefined> {
    const skeleton = skeletonOf(name);
    return this.dataSource.transaction(async (manager) => {
      // Two people may choose names that look alike at the same time. The second one sees the first one.
      await lockName(manager, `person:${skeleton}`);
      const alike: { name: string }[] = await manager.query(
        'SELECT name FROM user_account WHERE name_skeleton = $1 AND lower(name) <> lower($2) LIMIT 1',
        [skeleton, name],
      );
      if (alike[0]) return alike[0].name;
      await manager.query(
        `INSERT INTO user_account (id, name, name_skeleton) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING`,
        [uuid(), name, skeleton],
      );
      return undefined;
    });
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

  /** Returns the people of live sessions by the hash of their token, in hexadecimal digits. */
  async findViewers(tokenHashes: readonly string[]): Promise<Map<string, Viewer>> {
    const rows: (Viewer & { hash: string })[] = await this.dataSource.query(
      `SELECT encode(s.token_hash, 'hex') AS hash, u.id, u.name
       FROM session s JOIN user_account u ON u.id = s.user_id
       WHERE s.token_hash = ANY($1) AND s.expires_at > now()`,
      [tokenHashes.map((hash) => Buffer.from(hash, 'hex'))],
    );
    return new Map(rows.map(({ hash, id, name }) => [hash, { id, name }]));
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
