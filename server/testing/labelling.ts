import { randomUUID } from 'node:crypto';
import type { Lane } from '../../shared/enums';
import type { ApiClient } from './apiClient';

export interface Answer {
  imageId: string;
  classId: string | undefined;
  leaseToken?: string | undefined;
  expectedVersion?: number | undefined;
  /** Default: a new one. */
  clientMutationId?: string;
}

export interface RecordedLabel {
  label: { id: string; extra: boolean } | null;
  image: { id: string; version: number } | null;
  error: { __typename: string; message: string } | null;
}

/** Sends one label. Expected failures are part of the result. */
export async function sendLabel(client: ApiClient, answer: Answer): Promise<RecordedLabel> {
  const { recordLabel: recorded } = await client.request<{ recordLabel: RecordedLabel }>(
    `mutation ($input: RecordLabelInput!) { recordLabel(input: $input) {
       label { id extra } image { id version } error { __typename message } } }`,
    { input: { clientMutationId: randomUUID(), ...answer } },
  );
  return recorded;
}

/** Records one label. @returns its id @throws Error with the message of an expected failure */
export async function recordLabel(client: ApiClient, answer: Answer): Promise<string> {
  const { label, error } = await sendLabel(client, answer);
  if (!label) throw new Error(error?.message ?? 'no label');
  return label.id;
}

export interface LeaseRequest {
  datasetId: string;
  lane: Lane;
  count?: number;
  classId?: string;
}

/** Leases tasks with the selected fields. @param fields of `Task`, in GraphQL */
export async function leaseTasks<T>(
  client: ApiClient,
  { count = 50, ...request }: LeaseRequest,
  fields: string,
): Promise<T[]> {
  const { leaseTasks: leased } = await client.request<{
    leaseTasks: { tasks: T[] | null; error: { message: string } | null };
  }>(
    `mutation ($input: LeaseTasksInput!) {
       leaseTasks(input: $input) { tasks { ${fields} } error { message } } }`,
    { input: { ...request, count } },
  );
  if (!leased.tasks) throw new Error(leased.error?.message ?? 'no tasks');
  return leased.tasks;
}

/** Changes settings of a dataset. @throws Error with the message of an expected failure */
export async function updateDataset(
  client: ApiClient,
  id: string,
  settings: object,
): Promise<void> {
  const { updateDataset: updated } = await client.request<{
    updateDataset: { error: { message: string } | null };
  }>(
    'mutation ($input: UpdateDatasetInput!) { updateDataset(input: $input) { error { message } } }',
    { input: { id, ...settings } },
  );
  if (updated.error) throw new Error(updated.error.message);
}
