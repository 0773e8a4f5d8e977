import { useQuery } from '@apollo/client/react';
import { Container } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconEyeCheck, IconUsers } from '@tabler/icons-react';
import { EmptyState } from '../../components/EmptyState';
import { ErrorNotice } from '../../components/ErrorNotice';
import { LoadingPage } from '../../components/LoadingPage';
import { PageHeader } from '../../components/PageHeader';
import { ReviewPageDocument } from '../../gql/operations';
import { useDatasetId } from '../../lib/datasetPaths';
import { formatQuantity } from '../../lib/format';
import { ReviewCard } from './ReviewCard';
import { reviewKeys } from './reviewChoices';
import { UndoAnswer } from './UndoAnswer';
import { useReview } from './useReview';
import { useReviewKeys } from './useReviewKeys';

/** Shows suspect labels one at a time. Only the reviewer's answers change labels. */
export default function ReviewPage() {
  const datasetId = useDatasetId();
  useDocumentTitle('Review · Labelloop');
  const page = useQuery(ReviewPageDocument, { variables: { datasetId } });
  const dataset = page.data?.dataset;
  const { tasks, past, error, busy, answer, undo, retry } = useReview(datasetId);
  const task = tasks?.[0];
  const classes = dataset?.classes ?? [];
  const keys = reviewKeys(task?.image, classes);
  useReviewKeys(keys, (command) =>
    command.type === 'undo' ? void undo() : void answer(command.class),
  );
  const failure = page.error ?? error;
  if (failure && !tasks?.length)
    return <ErrorNotice error={failure} onRetry={() => void retry()} />;
  if (!dataset || !tasks) return <LoadingPage />;
  const waiting = dataset.lanes.find(({ lane }) => lane === 'REVIEW')?.waiting ?? 0;
  return (
    <Container size="lg" p="lg">
      <PageHeader
        title="Review"
        description={`${formatQuantity(waiting, 'label')} to review.`}
        actions={<UndoAnswer last={past.at(-1)} busy={busy} onUndo={() => void undo()} />}
      />
      {task ? (
        <ReviewCard
          key={task.image.id}
          task={task}
          choices={keys.choices}
          classes={classes}
          busy={busy}
          onAnswer={(picked) => void answer(picked)}
        />
      ) : (
        <NoReviewTask waiting={waiting} />
      )}
    </Container>
  );
}

function NoReviewTask({ waiting }: { waiting: number }) {
  return waiting > 0 ? (
    <EmptyState icon={IconUsers} title="Nothing for you right now">
      The remaining labels are assigned to other people. This page continues as soon as one becomes
      available.
    </EmptyState>
  ) : (
    <EmptyState icon={IconEyeCheck} title="Nothing to review">
      Each retrain run searches for labels that are probably incorrect and lists them here.
    </EmptyState>
  );
}
