import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import {
  ClassesAddDocument,
  ClassesArchiveDocument,
  ClassesReorderDocument,
  ClassesUpdateDocument,
  type ClassesOfDatasetFragment,
  type ClassesRowFragment,
} from '../../gql/operations';
import { failureMessage } from '../../lib/mutationErrors';
import { optimistic } from './optimisticClasses';

type Change = { name?: string; color?: string; hotkey?: string };
interface Payload {
  error: { message: string } | null;
}

/** Edits the classes. A change shows at once, and is reverted with a message if it is refused. */
export function useClassEditing(dataset: ClassesOfDatasetFragment | null) {
  const [failure, setFailure] = useState<string | null>(null);
  const [addClass] = useMutation(ClassesAddDocument);
  const [updateClass] = useMutation(ClassesUpdateDocument);
  const [reorderClasses] = useMutation(ClassesReorderDocument);
  const [archiveClass] = useMutation(ClassesArchiveDocument);
  const classes = [...(dataset?.active ?? [])].sort((a, b) => a.position - b.position);

  /** Returns whether the change succeeded. If not, `failure` holds the reason. */
  const settle = async (run: Promise<Payload | undefined>): Promise<boolean> => {
    setFailure(null);
    const message = await run.then(
      (payload) => payload?.error?.message ?? null,
      (error: unknown) => failureMessage(error),
    );
    if (message) setFailure(message);
    return !message;
  };

  const archive = (id: string, archived: boolean) =>
    settle(
      archiveClass({
        variables: { input: { id, archived } },
        optimisticResponse: optimistic.archive(dataset, id, archived),
      }).then(({ data }) => data?.archiveClass),
    );

  return {
    classes,
    failure,
    dismiss: () => setFailure(null),
    add: (name: string) =>
      settle(
        addClass({
          variables: { input: { datasetId: dataset?.id ?? '', name } },
          optimisticResponse: optimistic.add(dataset, name),
        }).then(({ data }) => data?.addClass),
      ),
    update: (row: ClassesRowFragment, change: Change) =>
      settle(
        updateClass({
          variables: { input: { id: row.id, ...change } },
          optimisticResponse: optimistic.update(row, change),
        }).then(({ data }) => data?.updateClass),
      ),
    reorder: (ordered: ClassesRowFragment[]) =>
      settle(
        reorderClasses({
          variables: {
            input: { datasetId: dataset?.id ?? '', classIds: ordered.map((each) => each.id) },
          },
          optimisticResponse: optimistic.reorder(dataset, ordered),
        }).then(({ data }) => data?.reorderClasses),
      ),
    archive: (id: string) => archive(id, true),
    restore: (id: string) => archive(id, false),
  };
}

export type ClassEditing = ReturnType<typeof useClassEditing>;
