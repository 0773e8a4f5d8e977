import type { WebSocket } from 'ws';
import type { AuthService } from '../../modules/auth/auth.service';
import { ConnectionCounter } from '../net/connectionCounter';

export const closeCodes = {
  goingAway: 1001,
  tryAgain: 1013,
  forbidden: 4403,
  idInUse: 4409,
  tooMany: 4429,
} as const;

/** The most that the protocol allows for a reason. */
const maxReasonBytes = 123;
/** How long a client has to close its side. */
const closeMs = 1_000;

/** Closes a socket with a reason, and ends it if the client goes on sending. */
export function endSocket(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState !== socket.OPEN) return;
  socket.close(code, Buffer.byteLength(reason) > maxReasonBytes ? '' : reason);
  setTimeout(() => socket.terminate(), closeMs).unref();
}

/** What is remembered of one socket. */
export interface SocketSession {
  /** The token that the client sent. Absent for somebody who has not signed in. */
  token?: string;
  personId?: string;
  /** Called when the socket closes. */
  leave: (() => void)[];
}

/** Signs sockets in, and closes them when their session ends. */
export class SocketSessions {
  private readonly people: ConnectionCounter;

  constructor(
    private readonly auth: AuthService,
    perPerson: number,
  ) {
    this.people = new ConnectionCounter(perPerson);
  }

  /** Undefined if the person has too many sockets; this one is then closed. */
  async open(socket: WebSocket, token: string | undefined): Promise<SocketSession | undefined> {
    const session: SocketSession = { leave: [] };
    const viewer = await this.auth.viewerOf(token);
    if (viewer && token) {
      const leave = this.people.enter(viewer.id);
      if (!leave) {
        endSocket(socket, closeCodes.tooMany, 'too many connections of one person');
        return undefined;
      }
      session.token = token;
      session.personId = viewer.id;
      session.leave.push(leave, this.closeWithSession(socket, token));
    }
    // It may have closed while the session was read.
    if (socket.readyState !== socket.OPEN) this.end(session);
    return session;
  }

  end(session: SocketSession | undefined): void {
    for (const leave of session?.leave.splice(0) ?? []) leave();
  }

  private closeWithSession(socket: WebSocket, token: string): () => void {
    return this.auth.watchSession(token, () => {
      socket.close(closeCodes.forbidden, 'the session has ended');
      socket.terminate();
    });
  }
}
