import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';

/** The error that the server returned instead of a result, with its message. */
export class ApiError extends Error {
  constructor(
    readonly operation: string,
    readonly code: string,
    message: string,
  ) {
    super(`${operation}: ${message} (${code})`);
  }
}

interface GraphQLAnswer<T> {
  data?: T | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}
interface PayloadError {
  __typename: string;
  message: string;
}

/**
 * One person's access to the public API: GraphQL over HTTP and websocket, and plain HTTP for file
 * bytes.
 */
export class Api {
  private constructor(
    readonly url: string,
    private readonly token: string | undefined,
    readonly personName: string,
  ) {}

  /** Access before signing in. */
  static of(url: string): Api {
    return new Api(url, undefined, '');
  }

  async signIn(name: string): Promise<Api> {
    const { token } = await this.mutate<{ token: string }>(
      'signIn',
      'mutation ($input: SignInInput!) { signIn(input: $input) { token error { __typename message } } }',
      { name },
    );
    return new Api(this.url, token, name);
  }

  async query<T>(document: string, variables: Record<string, unknown> = {}): Promise<T> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...this.authorization },
      body: JSON.stringify({ query: document, variables }),
    });
    const text = await response.text();
    const answer = parseAnswer<T>(text, response.status);
    const [error] = answer.errors ?? [];
    if (error) throw new ApiError('query', error.extensions?.code ?? 'UNKNOWN', error.message);
    if (!answer.data)
      throw new ApiError('query', String(response.status), 'an answer without data');
    return answer.data;
  }

  /**
   * Runs a mutation with one `input`. Expected failures are thrown too, because the demo expects
   * none.
   */
  async mutate<T>(field: string, document: string, input: Record<string, unknown>): Promise<T> {
    const data = await this.query<Record<string, T & { error: PayloadError | null }>>(document, {
      input,
    });
    const payload = data[field];
    if (!payload) throw new ApiError(field, 'UNKNOWN', 'the answer has no payload');
    if (payload.error) throw new ApiError(field, payload.error.__typename, payload.error.message);
    return payload;
  }

  async put(path: string, bytes: Buffer): Promise<void> {
    const response = await fetch(new URL(path, this.url), {
      method: 'PUT',
      headers: { 'Content-Type': 'application/octet-stream', ...this.authorization },
      body: new Uint8Array(bytes),
    });
    const text = await response.text();
    if (!response.ok) throw new ApiError('upload', String(response.status), text.slice(0, 300));
  }

  async download(path: string): Promise<Response> {
    const response = await fetch(new URL(path, this.url), { headers: this.authorization });
    if (!response.ok)
      throw new ApiError(
        'download',
        String(response.status),
        (await response.text()).slice(0, 300),
      );
    return response;
  }

  /** Opens a websocket. `onSocket` gets the connection, so that a test can break it. */
  websocket(onSocket?: (socket: WebSocket) => void): Client {
    const client = createClient({
      url: `${this.url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: this.authorization.Authorization
        ? { authorization: this.authorization.Authorization }
        : {},
      retryAttempts: 0,
    });
    client.on('opened', (socket) => onSocket?.(socket as WebSocket));
    return client;
  }

  private get authorization(): { Authorization?: string } {
    return this.token ? { Authorization: `Bearer ${this.token}` } : {};
  }
}

function parseAnswer<T>(text: string, status: number): GraphQLAnswer<T> {
  try {
    return JSON.parse(text) as GraphQLAnswer<T>;
  } catch {
    throw new ApiError('query', String(status), `the answer is not JSON: ${text.slice(0, 300)}`);
  }
}
