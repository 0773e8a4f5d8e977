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
import { useReview } from './useReview';

/** Labels that may be wrong, one after another. Nothing is changed but by the person who looks. */
export default function ReviewPage() {
  const datasetId = useDatasetId();
  useDocumentTitle('Review · Labelloop');
  const frame = useQuery(ReviewFrameDocument, { variables: { datasetId } });
  const { tasks, error, busy, answer, retry } = useReview(datasetId);
  const failure = frame.error ?? error;
  if (failure && !tasks?.length)
    return <ErrorNotice error={failure} onRetry={() => void retry()} />;
  const dataset = frame.data?.dataset;
  if (!dataset || !tasks) return <LoadingPage />;
  const [task] = tasks;
  const waiting = dataset.lanes.find(({ lane }) => lane === 'REVIEW')?.waiting ?? 0;
  return (
    <Container size="lg" p="lg">
      <PageHeader
        title="Review"
        description={`${waiting.toLocaleString('en')} ${waiting === 1 ? 'label waits' : 'labels wait'} for a second look.`}
      />
      {task ? (
        <ReviewCard
          key={task.leaseToken}
          task={task}
          classes={dataset.classes}
          busy={busy}
          onAnswer={(id) => void answer(id)}
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
