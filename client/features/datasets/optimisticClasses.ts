import type {
  ClassesAddMutation,
  ClassesArchiveMutation,
  ClassesOfDatasetFragment,
  ClassesReorderMutation,
  ClassesRowFragment,
  ClassesUpdateMutation,
} from '../../gql/operations';

const rowType = { __typename: 'Class' as const };
const withType = (row: ClassesRowFragment) => ({ ...row, ...rowType });

/** Builds both class lists of a dataset from the list of all its classes. */
function datasetWith(dataset: ClassesOfDatasetFragment, all: ClassesRowFragment[]) {
  const rows = all.map(withType).sort((a, b) => a.position - b.position);
  return {
    __typename: 'Dataset' as const,
    id: dataset.id,
    all: rows,
    active: rows.filter((row) => !row.archived),
  };
}

function newRow(dataset: ClassesOfDatasetFragment, name: string): ClassesRowFragment {
  return {
    id: `new:${name}`,
    name,
    color: '#adb5bd',
    hotkey: null,
    position: Math.max(-1, ...dataset.all.map((each) => each.position)) + 1,
    archived: false,
    labelledCount: 0,
    predictedCount: 0,
  };
}

/** The expected result of each mutation, shown until the server has answered. */
export const optimistic = {
  add(dataset: ClassesOfDatasetFragment | null, name: string): ClassesAddMutation | undefined {
    if (!dataset) return undefined;
    const row = newRow(dataset, name);
    return {
      addClass: {
        __typename: 'ClassPayload',
        class: withType(row),
        dataset: datasetWith(dataset, [...dataset.all, row]),
        error: null,
      },
    } as ClassesAddMutation;
  },

  update(
    row: ClassesRowFragment,
    change: { name?: string; color?: string; hotkey?: string },
  ): ClassesUpdateMutation {
    const hotkey = change.hotkey === undefined ? row.hotkey : change.hotkey || null;
    return {
      updateClass: {
        __typename: 'ClassPayload',
        class: { ...withType(row), ...change, hotkey },
        error: null,
      },
    } as ClassesUpdateMutation;
  },

  reorder(
    dataset: ClassesOfDatasetFragment | null,
    ordered: ClassesRowFragment[],
  ): ClassesReorderMutation | undefined {
    if (!dataset) return undefined;
    const positions = new Map(ordered.map((row, index) => [row.id, index]));
    const all = dataset.all.map((row) => ({
      ...row,
      position: positions.get(row.id) ?? row.position,
    }));
    return {
      reorderClasses: {
        __typename: 'DatasetPayload',
        dataset: datasetWith(dataset, all),
        error: null,
      },
    } as ClassesReorderMutation;
  },

  archive(
    dataset: ClassesOfDatasetFragment | null,
    id: string,
    archived: boolean,
  ): ClassesArchiveMutation | undefined {
    const row = dataset?.all.find((each) => each.id === id);
    if (!dataset || !row) return undefined;
    const all = dataset.all.map((each) => (each.id === id ? { ...each, archived } : each));
    return {
      archiveClass: {
        __typename: 'ClassPayload',
        class: withType({ ...row, archived }),
        dataset: datasetWith(dataset, all),
        error: null,
      },
    } as ClassesArchiveMutation;
  },
};
