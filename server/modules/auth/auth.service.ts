import { createHash, randomBytes } from 'node:crypto';
import { In, type DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { hasControlCharacters } from '../../../shared/controlCharacters';
import { limits } from '../../../shared/limits';
import { InvalidInputError, LimitExceededError, UnauthenticatedError } from '../../domain/errors';
import type { Viewer } from '../../domain/viewer';
import { Session } from './session.entity';
import { User } from './user.entity';

const hashOf = (token: string) => createHash('sha256').update(token).digest();

/** Signs people in by a chosen name. Accounts and roles will replace this. */
export class AuthService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sessionDays: number,
  ) {}

  /** Finds or creates the person, and opens a session. */
  async signIn(givenName: string): Promise<{ user: User; token: string; expiresAt: Date }> {
    const name = givenName.normalize('NFC').trim().replace(/\s+/g, ' ');
    if (!name) throw new InvalidInputError('name', 'Enter a name that others recognise.');
    if (hasControlCharacters(name))
      throw new InvalidInputError('name', 'A name cannot contain control characters.');
    if (name.length > limits.maxNameLength)
      throw new LimitExceededError('characters in a name', limits.maxNameLength, name.length);
    const user = await this.findOrCreate(name);
    const token = randomBytes(32).toString('base64url');
    const expiresAt = new Date(Date.now() + this.sessionDays * 86_400_000);
    await this.dataSource.manager.insert(Session, {
      tokenHash: hashOf(token),
      userId: user.id,
      expiresAt,
    });
    return { user, token, expiresAt };
  }

  async signOut(token: string): Promise<void> {
    await this.dataSource.manager.delete(Session, { tokenHash: hashOf(token) });
  }

  /** Returns the person of a session, or null for a missing, unknown or expired one. */
  async viewerOf(token: string | undefined): Promise<Viewer | null> {
    if (!token) return null;
    const rows: Viewer[] = await this.dataSource.query(
      `SELECT u.id, u.name FROM session s JOIN user_account u ON u.id = s.user_id
       WHERE s.token_hash = $1 AND s.expires_at > now()`,
      [hashOf(token)],
    );
    return rows[0] ?? null;
  }

  readonly usersById = async (ids: readonly string[]): Promise<Map<string, User>> => {
    const users = await this.dataSource.manager.findBy(User, { id: In([...ids]) });
    return new Map(users.map((user) => [user.id, user]));
  };

  async pruneSessions(): Promise<void> {
    await this.dataSource.query('DELETE FROM session WHERE expires_at < now()');
  }

  private async findOrCreate(name: string): Promise<User> {
    await this.dataSource.query(
      'INSERT INTO user_account (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [uuid(), name],
    );
    return this.dataSource.manager
      .createQueryBuilder(User, 'user')
      .where('lower(user.name) = lower(:name)', { name })
      .getOneOrFail();
  }
}

/** @throws UnauthenticatedError */
export function requireViewer(viewer: Viewer | null): Viewer {
  if (!viewer) throw new UnauthenticatedError();
  return viewer;
}
