import { rm } from 'node:fs/promises';
import { ApiClient } from '../apiClient';
import type { Answer } from './calls';
import { restoreFixture, type Expected, type Fixture } from './fixture';
import { readDataset, readEvents, type DatasetState } from './readDataset';
import { startRelease, type ReleaseServer } from './releaseServer';

interface Repeated {
  label: { id: string } | null;
  error: { __typename: string } | null;
}

type SceneName = keyof Expected['scenes'];

const removeHome = (home: string) => rm(home, { recursive: true, force: true, maxRetries: 5 });

/** A fixture, opened by a server, with its people signed in. */
export class OpenedFixture {
  private constructor(
    private readonly fixture: Fixture,
    private readonly server: ReleaseServer,
    private readonly people: Readonly<Record<string, ApiClient>>,
  ) {}

  static async open(name: string, checkout: string, role: 'all' | 'api'): Promise<OpenedFixture> {
    const fixture = await restoreFixture(name);
    const { home } = fixture;
    const server = await startRelease({ checkout, home, role }).catch(async (error: unknown) => {
      await removeHome(home);
      throw error;
    });
    const names = new Set(fixture.expected.answers.map(({ person }) => person));
    const people: Record<string, ApiClient> = {};
    for (const person of names) people[person] = await ApiClient.signIn(server.url, person);
    return new OpenedFixture(fixture, server, people);
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.people).map((client) => client.close()));
    await this.server.stop();
    await removeHome(this.fixture.home);
  }

  get url(): string {
    return this.server.url;
  }

  get expected(): Expected {
    return this.fixture.expected;
  }

  get browser() {
    return this.fixture.browser;
  }

  person(name: string): ApiClient {
    const client = this.people[name];
    if (!client) throw new Error(`There is no ${name} in the fixture.`);
    return client;
  }

  get ada(): ApiClient {
    return this.person('Ada');
  }

  idOf(scene: SceneName): string {
    return this.expected.scenes[scene];
  }

  /** What the release answered. */
  before(scene: SceneName): DatasetState {
    return this.expected.datasets[this.idOf(scene)]!;
  }

  /** What the server answers now. */
  now(scene: SceneName): Promise<DatasetState> {
    return readDataset(this.ada, this.idOf(scene));
  }

  /** Sends an answer as its person sent it, with the same `clientMutationId`. */
  async sendAgain({ person, imageId, classId, clientMutationId }: Answer): Promise<Repeated> {
    const { recordLabel } = await this.person(person).request<{ recordLabel: Repeated }>(
      `mutation ($input: RecordLabelInput!) { recordLabel(input: $input) {
         label { id } error { __typename } } }`,
      { input: { imageId, classId, clientMutationId } },
    );
    return recordLabel;
  }

  /** Of labels by their id. */
  async inForce(labelIds: string[]): Promise<(boolean | undefined)[]> {
    const { nodes } = await this.ada.request<{ nodes: ({ inForce: boolean } | null)[] }>(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Label { inForce } } }',
      { ids: labelIds },
    );
    return nodes.map((node) => node?.inForce);
  }

  /** How many labels were ever recorded and undone in a dataset. */
  async labelEvents(scene: SceneName): Promise<{ recorded: number; undone: number }> {
    const events = await readEvents(this.ada, this.idOf(scene), this.expected.events.after);
    const count = (type: string) => events.filter(({ __typename }) => __typename === type).length;
    return { recorded: count('LabelRecorded'), undone: count('LabelUndone') };
  }
}
