import { createClient, type Client, type FormattedExecutionResult } from 'graphql-ws';
import WebSocket from 'ws';

interface GraphQLResponse<T> {
  data?: T | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** A client of the public API, as any script could be. */
export class ApiClient {
  private socket: Client | undefined;

  constructor(
    readonly url: string,
    readonly token?: string,
  ) {}

  static async signIn(url: string, name: string): Promise<ApiClient> {
    const { signIn } = await new ApiClient(url).request<{ signIn: { token: string } }>(
      'mutation ($name: String!) { signIn(input: { name: $name }) { token } }',
      { name },
    );
    return new ApiClient(url, signIn.token);
  }

  get headers(): Record<string, string> {
    return this.token ? { authorization: `Bearer ${this.token}` } : {};
  }

  async raw<T>(query: string, variables: object = {}): Promise<GraphQLResponse<T>> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.headers },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as GraphQLResponse<T>;
  }

  /** @throws Error with the first error's code and message */
  async request<T>(query: string, variables: object = {}): Promise<T> {
    const { data, errors } = await this.raw<T>(query, variables);
    if (errors?.[0] || !data)
      throw new Error(
        `${errors?.[0]?.extensions?.code ?? ''} ${errors?.[0]?.message ?? 'no data'}`,
      );
    return data;
  }

  put(path: string, body: Buffer): Promise<Response> {
    return fetch(this.url + path, {
      method: 'PUT',
      headers: this.headers,
      body: new Uint8Array(body),
    });
  }

  get(path: string): Promise<Response> {
    return fetch(this.url + path, { headers: this.headers });
  }

  subscribe<T>(
    query: string,
    variables: object = {},
  ): AsyncIterableIterator<FormattedExecutionResult<T, unknown>> {
    this.socket ??= createClient({
      url: `${this.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: this.headers,
      lazy: false,
      retryAttempts: 0,
    });
    return this.socket.iterate<T, unknown>({
      query,
      variables: variables as Record<string, unknown>,
    });
  }

  async close(): Promise<void> {
    await this.socket?.dispose();
  }
}

/** Returns the next `count` results of a subscription, or of those that match. */
export async function take<T>(
  iterator: AsyncIterableIterator<FormattedExecutionResult<T, unknown>>,
  count: number,
  isWanted: (result: FormattedExecutionResult<T, unknown>) => boolean = () => true,
): Promise<FormattedExecutionResult<T, unknown>[]> {
  const results: FormattedExecutionResult<T, unknown>[] = [];
  while (results.length < count) {
    const next = await iterator.next();
    if (next.done) break;
    if (isWanted(next.value)) results.push(next.value);
  }
  return results;
}
