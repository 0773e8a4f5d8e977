import { useQuery } from '@apollo/client/react';
import { Container } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconEyeCheck, IconUsers } from '@tabler/icons-react';
import { EmptyState } from '../../components/EmptyState';
import { ErrorNotice } from '../../components/ErrorNotice';
import { LoadingPage } from '../../components/LoadingPage';
import { PageHeader } from '../../components/PageHeader';
import { ReviewFrameDocument } from '../../gql/operations';
import { useDatasetId } from '../../lib/datasetPaths';
import { ReviewCard } from './ReviewCard';
import { reviewKeys } from './reviewChoices';
import { UndoAnswer } from './UndoAnswer';
import { useReview } from './useReview';
import { useReviewKeys } from './useReviewKeys';

/** Labels that may be wrong, one after another. Nothing is changed but by the person who looks. */
export default function ReviewPage() {
  const datasetId = useDatasetId();
  useDocumentTitle('Review · Labelloop');
  const frame = useQuery(ReviewFrameDocument, { variables: { datasetId } });
  const dataset = frame.data?.dataset;
  const { tasks, past, error, busy, answer, undo, retry } = useReview(datasetId);
  const task = tasks?.[0];
  const classes = dataset?.classes ?? [];
  const keys = reviewKeys(task?.image, classes);
  useReviewKeys(keys, (command) =>
    command.type === 'undo' ? void undo() : void answer(command.class),
  );
  const failure = frame.error ?? error;
  if (failure && !tasks?.length)
    return <ErrorNotice error={failure} onRetry={() => void retry()} />;
  if (!dataset || !tasks) return <LoadingPage />;
  const waiting = dataset.lanes.find(({ lane }) => lane === 'REVIEW')?.waiting ?? 0;
  return (
    <Container size="lg" p="lg">
      <PageHeader
        title="Review"
        description={`${waiting.toLocaleString('en')} ${waiting === 1 ? 'label waits' : 'labels wait'} for a second look.`}
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
        <NoTask waiting={waiting} />
      )}
    </Container>
  );
}

function NoTask({ waiting }: { waiting: number }) {
  return waiting > 0 ? (
    <EmptyState icon={IconUsers} title="Others are on it">
      What waits is before other people right now. It comes here should they leave it.
    </EmptyState>
  ) : (
    <EmptyState icon={IconEyeCheck} title="Nothing to review">
      Each retrain run looks for labels that are probably wrong and puts them here.
    </EmptyState>
  );
}
