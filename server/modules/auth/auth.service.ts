import DataLoader from 'dataloader';
import { createHash, randomBytes } from 'node:crypto';
import { hasControlCharacters } from '../../../shared/controlCharacters';
import { limits } from '../../../shared/limits';
import {
  AlreadyExistsError,
  InvalidInputError,
  LimitExceededError,
  UnauthenticatedError,
} from '../../domain/errors';
import { cleanName, refuseLongName } from '../../domain/names';
import type { Viewer } from '../../domain/viewer';
import type { Limiter } from '../../limits/limiter';
import type { Subjects } from '../../limits/subjects';
import type { AuthRepository } from './auth.repository';
import { SessionWatch } from './sessionWatch';
import type { User } from './user.entity';

const hashOf = (token: string) => createHash('sha256').update(token).digest();

/** Signs people in by a chosen name. Accounts and roles will replace this. */
export class AuthService {
  private readonly sessions: SessionWatch;
  /** The requests of one iteration of the event loop share one statement. */
  private readonly viewers: DataLoader<string, Viewer | null>;

  constructor(
    private readonly repository: AuthRepository,
    private readonly limiter: Limiter,
    private readonly settings: { sessionDays: number; sessionsPerPerson: number },
  ) {
    this.sessions = new SessionWatch(repository);
    this.viewers = new DataLoader(
      async (hashes) => {
        const found = await repository.findViewers([...new Set(hashes)]);
        return hashes.map((hash) => found.get(hash) ?? null);
      },
      { cache: false, batchScheduleFn: (send) => setImmediate(send) },
    );
  }

  /**
   * Finds or creates the person, and opens a session. A person who has too many loses the oldest.
   *
   * @throws InvalidInputError, LimitExceededError
   */
  async signIn(
    givenName: string,
    subjects: Subjects,
  ): Promise<{ user: User; token: string; expiresAt: Date }> {
    refuseLongName(givenName);
    const name = givenName.normalize('NFC').trim().replace(/\s+/g, ' ');
    if (!name) throw new InvalidInputError('name', 'Enter a name that others recognise.');
    if (hasControlCharacters(name))
      throw new InvalidInputError('name', 'A name cannot contain control characters.');
    if (name.length > limits.maxNameLength)
      throw new LimitExceededError('characters in a name', limits.maxNameLength, name.length);
    // A name of earlier versions may contain what a new one cannot.
    const user = (await this.repository.findByName(name)) ?? (await this.create(name, subjects));
    const token = randomBytes(32).toString('base64url');
    const { sessionDays, sessionsPerPerson } = this.settings;
    const expiresAt = new Date(Date.now() + sessionDays * 86_400_000);
    await this.repository.insertSession({ tokenHash: hashOf(token), userId: user.id, expiresAt });
    await this.repository.endOldSessions(user.id, sessionsPerPerson);
    return { user, token, expiresAt };
  }

  async signOut(token: string): Promise<void> {
    const hash = hashOf(token);
    await this.repository.deleteSession(hash);
    this.sessions.end(hash);
  }

  /**
   * Calls `onEnd` once when the session ends, wherever the person signs out. Call the result to
   * stop watching.
   */
  watchSession(token: string, onEnd: () => void): () => void {
    return this.sessions.watch(hashOf(token), onEnd);
  }

  /** Returns the person of a session, or null for a missing, unknown or expired one. */
  async viewerOf(token: string | undefined): Promise<Viewer | null> {
    return token ? this.viewers.load(hashOf(token).toString('hex')) : null;
  }

  readonly usersById = (ids: readonly string[]): Promise<Map<string, User>> =>
    this.repository.usersById(ids);

  async pruneSessions(): Promise<void> {
    await this.repository.deleteExpiredSessions();
  }

  private async create(given: string, subjects: Subjects): Promise<User> {
    const name = cleanName('name', given);
    await this.limiter.spend('newPeople', subjects);
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
}

/** @throws UnauthenticatedError */
export function requireViewer(viewer: Viewer | null): Viewer {
  if (!viewer) throw new UnauthenticatedError();
  return viewer;
}
