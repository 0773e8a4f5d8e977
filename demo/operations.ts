/** Every request that the demo sends: the same public API that any script can use. */
const failure = 'error { __typename message }';

export const capabilitiesQuery = '{ capabilities { backbones { id name } missing } }';
export interface Capabilities {
  capabilities: { backbones: { id: string; name: string }[]; missing: string[] };
}

export const createDataset = `mutation ($input: CreateDatasetInput!) {
  createDataset(input: $input) {
    dataset { id name backbone eventCursor classes { id name } } ${failure}
  }
}`;
export interface CreatedDataset {
  dataset: {
    id: string;
    name: string;
    backbone: string | null;
    eventCursor: string;
    classes: { id: string; name: string }[];
  };
}

export const createUploads = `mutation ($input: CreateUploadsInput!) {
  createUploads(input: $input) { tickets { id url } ${failure} }
}`;
export const completeUploads = `mutation ($input: CompleteUploadsInput!) {
  completeUploads(input: $input) {
    results { fileName duplicate image { id } refusal { reason message } } ${failure}
  }
}`;
export interface UploadResults {
  results: {
    fileName: string;
    duplicate: boolean;
    image: { id: string } | null;
    refusal: { reason: string; message: string } | null;
  }[];
}

export const datasetState = `query ($id: ID!) {
  dataset(id: $id) {
    labelsSinceLastRun
    counts { images embedded labelled labels }
    activeRun { id number }
    retrainRuns(first: 1) { nodes { id number status failure } }
  }
}`;
export interface DatasetState {
  dataset: {
    labelsSinceLastRun: number;
    counts: { images: number; embedded: number; labelled: number; labels: number };
    activeRun: { id: string; number: number } | null;
    retrainRuns: {
      nodes: { id: string; number: number; status: string; failure: string | null }[];
    };
  };
}

export const leaseTasks = `mutation ($input: LeaseTasksInput!) {
  leaseTasks(input: $input) {
    tasks { leaseToken image { id sha256 fileName version } } ${failure}
  }
}`;
export interface LeasedTask {
  leaseToken: string;
  image: { id: string; sha256: string; fileName: string; version: number };
}

export const recordLabel = `mutation ($input: RecordLabelInput!) {
  recordLabel(input: $input) { label { id extra } ${failure} }
}`;

export const startRetrainRun = `mutation ($input: StartRetrainRunInput!) {
  startRetrainRun(input: $input) { run { id number } ${failure} }
}`;

export const runsQuery = `query ($id: ID!) {
  dataset(id: $id) { retrainRuns(first: 500) { nodes { id number status seconds } } }
}`;
export interface Runs {
  dataset: {
    retrainRuns: {
      nodes: { id: string; number: number; status: string; seconds: number | null }[];
    };
  };
}

export const heldOutPage = `query ($id: ID!, $after: String) {
  dataset(id: $id) {
    images(first: 500, after: $after, filter: { heldOut: true }) {
      nodes { sha256 consensus { class { id } } prediction { class { name } run { id } } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;
export interface HeldOutPage {
  dataset: {
    images: {
      nodes: {
        sha256: string;
        consensus: object | null;
        prediction: { class: { name: string }; run: { id: string } } | null;
      }[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    };
  };
}

export const exportDataset = `mutation ($input: ExportDatasetInput!) {
  exportDataset(input: $input) { export { id url imageCount } ${failure} }
}`;

export const datasetEvents = `subscription ($id: ID!, $after: String) {
  datasetEvents(datasetId: $id, after: $after) {
    __typename
    cursor
    ... on ImagesStored { count }
    ... on ImagesEmbedded { counts { embedded images } }
    ... on LabelRecorded { label { id class { name } person { name } } image { id fileName } }
    ... on RunProgressed { run { number status phase percent } }
    ... on RunPublished { run { id number publishedAt labelCount } }
    ... on RunEnded { run { id number status failure } }
    ... on PredictionsUpdated { count }
    ... on QueueOrdered { count }
  }
}`;
export type StreamedEvent = { cursor: string } & (
  | { __typename: 'ImagesStored' | 'PredictionsUpdated' | 'QueueOrdered'; count: number }
  | { __typename: 'ImagesEmbedded'; counts: { embedded: number; images: number } }
  | {
      __typename: 'LabelRecorded';
      label: { id: string; class: { name: string }; person: { name: string } };
      image: { id: string; fileName: string };
    }
  | {
      __typename: 'RunProgressed';
      run: { number: number; status: string; phase: string | null; percent: number };
    }
  | {
      __typename: 'RunPublished';
      run: { id: string; number: number; publishedAt: string; labelCount: number | null };
    }
  | {
      __typename: 'RunEnded';
      run: { id: string; number: number; status: string; failure: string | null };
    }
  | { __typename: 'LabelUndone' | 'DatasetChanged' | 'ClassesChanged' | 'ImportProgressed' }
);
export type PublishedRun = Extract<StreamedEvent, { __typename: 'RunPublished' }>['run'];
