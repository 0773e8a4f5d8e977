import { useQuery } from '@apollo/client/react';
import {
  Badge,
  Button,
  Group,
  Paper,
  SegmentedControl,
  Skeleton,
  Text,
  Title,
} from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ClassSwatch } from '../../../components/ClassSwatch';
import { ErrorNotice } from '../../../components/ErrorNotice';
import { ImageTile } from '../../../components/ImageTile';
import {
  RunsChangesDocument,
  type RunChangeKind,
  type RunsChangesQuery,
} from '../../../gql/operations';
import { datasetPaths } from '../../../lib/datasetPaths';
import { baseName, formatCount, formatPercent, formatQuantity } from '../../../lib/format';
import type { Diff } from './ComparedMetrics';
import styles from './ChangedImages.module.css';

type Transition = Diff['transitions'][number];
type Change = NonNullable<RunsChangesQuery['runDiff']>['changes']['nodes'][number];

const pageSize = 48;
const maxShown = 480;

/** Lists the images whose prediction differs between two rounds, largest change first. */
export function ChangedImages({ diff, datasetId }: { diff: Diff; datasetId: string }) {
  const [kind, setKind] = useState<RunChangeKind>(() => initialKind(diff));
  const [transition, setTransition] = useState<Transition | null>(null);
  const kinds: { value: RunChangeKind; label: string }[] = [
    { value: 'CHANGED_CLASS', label: `Another class (${formatCount(diff.changedClass)})` },
    { value: 'GAINED', label: `More confident (${formatCount(diff.gained)})` },
    { value: 'LOST', label: `Less confident (${formatCount(diff.lost)})` },
  ];
  const choose = (next: Transition) => setTransition(next === transition ? null : next);
  return (
    <Paper withBorder p="md" component="section" aria-label="Changed images">
      <Group justify="space-between" gap="xs" mb="xs">
        <Title order={2} size="h5">
          Changed images
        </Title>
        <Text size="sm" c="dimmed">
          of {formatQuantity(diff.compared, 'image')} predicted by both rounds
        </Text>
      </Group>
      <SegmentedControl
        size="xs"
        mb="sm"
        aria-label="Kind of change"
        className={styles.kinds ?? ''}
        data={kinds}
        value={kind}
        onChange={(next) => {
          setKind(next);
          setTransition(null);
        }}
      />
      {kind === 'CHANGED_CLASS' && diff.transitions.length > 0 && (
        <Group gap={6} mb="sm" role="group" aria-label="Change of class">
          {diff.transitions.map((each) => (
            <Badge
              key={`${each.fromClass.id} ${each.toClass.id}`}
              component="button"
              type="button"
              variant={each === transition ? 'filled' : 'default'}
              tt="none"
              fw={500}
              size="lg"
              style={{ cursor: 'pointer' }}
              aria-pressed={each === transition}
              onClick={() => choose(each)}
            >
              {each.fromClass.name} → {each.toClass.name} {formatCount(each.count)}
            </Badge>
          ))}
        </Group>
      )}
      <Images
        key={`${kind} ${transition?.fromClass.id} ${transition?.toClass.id}`}
        diff={diff}
        datasetId={datasetId}
        kind={kind}
        transition={transition}
      />
    </Paper>
  );
}

/** Chooses the first kind of change that has images. */
function initialKind({ changedClass, gained, lost }: Diff): RunChangeKind {
  if (changedClass > 0 || gained + lost === 0) return 'CHANGED_CLASS';
  return gained >= lost ? 'GAINED' : 'LOST';
}

interface ImagesProps {
  diff: Diff;
  datasetId: string;
  kind: RunChangeKind;
  transition: Transition | null;
}

function Images({ diff, datasetId, kind, transition }: ImagesProps) {
  const [first, setFirst] = useState(pageSize);
  const { data, previousData, error, refetch } = useQuery(RunsChangesDocument, {
    variables: {
      from: diff.from.id,
      to: diff.to.id,
      kind,
      first,
      fromClassId: transition?.fromClass.id,
      toClassId: transition?.toClass.id,
    },
  });
  const changes = (data ?? previousData)?.runDiff?.changes;
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!changes) return <Skeleton h={160} />;
  if (changes.nodes.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No image changed like this.
      </Text>
    );
  return (
    <>
      <div className={styles.grid}>
        {changes.nodes.map((change) => (
          <Changed key={change.image.id} change={change} datasetId={datasetId} />
        ))}
      </div>
      {changes.pageInfo.hasNextPage && first + pageSize <= maxShown && (
        <Group justify="center" mt="md">
          <Button size="xs" variant="default" onClick={() => setFirst(first + pageSize)}>
            Show more
          </Button>
        </Group>
      )}
    </>
  );
}

function Changed({ change, datasetId }: { change: Change; datasetId: string }) {
  const navigate = useNavigate();
  const { image, fromClass, toClass, fromConfidence, toConfidence } = change;
  const isSame = fromClass.id === toClass.id;
  const confidence = isSame
    ? `${formatPercent(fromConfidence)} → ${formatPercent(toConfidence)}`
    : formatPercent(toConfidence);
  const summary = `${fromClass.name} ${formatPercent(fromConfidence)}, now ${toClass.name} ${formatPercent(toConfidence)}`;
  return (
    <ImageTile
      image={image}
      label={`${baseName(image.fileName)}: ${summary}. Similar images`}
      onClick={() => void navigate(datasetPaths.similar(datasetId, [image.id]))}
      corner={confidence}
      caption={
        <span className={styles.caption} title={summary}>
          {!isSame && (
            <>
              <span className={styles.before}>{fromClass.name}</span>
              <span aria-hidden>→</span>
            </>
          )}
          <ClassSwatch color={toClass.color} name={toClass.name} size={8} />
        </span>
      }
    />
  );
}
