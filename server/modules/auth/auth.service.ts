import { createHash, randomBytes } from 'node:crypto';
import { hasControlCharacters } from '../../../shared/controlCharacters';
import { limits } from '../../../shared/limits';
import {
  AlreadyExistsError,
  InvalidInputError,
  LimitExceededError,
  UnauthenticatedError,
} from '../../domain/errors';
import { cleanName } from '../../domain/names';
import type { Viewer } from '../../domain/viewer';
import type { AuthRepository } from './auth.repository';
import type { User } from './user.entity';

const hashOf = (token: string) => createHash('sha256').update(token).digest();

/** Signs people in by a chosen name. Accounts and roles will replace this. */
export class AuthService {
  constructor(
    private readonly repository: AuthRepository,
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
    // A name of earlier versions may contain what a new one cannot.
    const user = (await this.repository.findByName(name)) ?? (await this.create(name));
    const token = randomBytes(32).toString('base64url');
    const expiresAt = new Date(Date.now() + this.sessionDays * 86_400_000);
    await this.repository.insertSession({ tokenHash: hashOf(token), userId: user.id, expiresAt });
    return { user, token, expiresAt };
  }

  private async create(given: string): Promise<User> {
    const name = cleanName('name', given);
    const alike = await this.repository.create(name);
    if (alike !== undefined)
      throw new AlreadyExistsError(
        'name',
        `“${name}” looks like the name of “${alike}”. Choose another name.`,
      );
    const user = await this.repository.findByName(name);
    if (!user) throw new Error(`the person ${name} was not created`);
    return user;
  }

  async signOut(token: string): Promise<void> {
    await this.repository.deleteSession(hashOf(token));
  }

  /** Returns the person of a session, or null for a missing, unknown or expired one. */
  async viewerOf(token: string | undefined): Promise<Viewer | null> {
    return token ? this.repository.findViewer(hashOf(token)) : null;
  }

  readonly usersById = (ids: readonly string[]): Promise<Map<string, User>> =>
    this.repository.usersById(ids);

  async pruneSessions(): Promise<void> {
    await this.repository.deleteExpiredSessions();
  }
}

/** @throws UnauthenticatedError */
export function requireViewer(viewer: Viewer | null): Viewer {
  if (!viewer) throw new UnauthenticatedError();
  return viewer;
}
