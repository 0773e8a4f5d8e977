import { Badge, Box, Button, Group, Select, Stack, Text, Title } from '@mantine/core';
import { ClassSwatch } from '../../../components/ClassSwatch';
import type { GalleryDetailFragment, LabelOrigin } from '../../../gql/operations';
import { formatAgo, formatMoment } from '../../../lib/format';
import { agreementWords, doubtWords } from './consensusWords';
import { useRelabel } from './useRelabel';

interface Props {
  image: GalleryDetailFragment;
  classes: { id: string; name: string }[];
  viewerId: string | null;
}

const origins: Record<LabelOrigin, string> = {
  HAND: 'by hand',
  CONFIRMED: 'confirmed',
  IMPORTED: 'imported',
};

/** Shows the consensus and the labels of an image, and lets the viewer label or undo. */
export function ImageLabels({ image, classes, viewerId }: Props) {
  const relabel = useRelabel();
  const consensusClass = image.consensus?.class;
  return (
    <Stack gap="xs" component="section" aria-label="Labels">
      <Title order={3} size="h6">
        {consensusClass ? (
          <ClassSwatch color={consensusClass.color} name={consensusClass.name} size={12} />
        ) : (
          'Not labelled'
        )}
      </Title>
      <ConsensusFacts image={image} />
      <Select
        aria-label="Label as"
        placeholder={consensusClass ? 'Label as another class' : 'Label as'}
        searchable
        value={null}
        disabled={relabel.busy}
        data={classes
          .filter((each) => each.id !== consensusClass?.id)
          .map((each) => ({ value: each.id, label: each.name }))}
        onChange={(classId) => classId && void relabel.label(image, classId)}
      />
      <Box component="ul" p={0} m={0} aria-label="Answers" style={{ listStyle: 'none' }}>
        {image.labels.map((label) => (
          <Group key={label.id} component="li" gap="xs" wrap="nowrap" mih={32}>
            <Text size="sm" flex={1} miw={0} component="div">
              <bdi>
                <b>{label.person.name}</b>
              </bdi>
              : <bdi>{label.class.name}</bdi>, {origins[label.origin]}{' '}
              <Text span size="xs" c="dimmed" title={formatMoment(label.createdAt)}>
                {formatAgo(label.createdAt)}
              </Text>
            </Text>
            {label.extra && (
              <Badge variant="light" color="gray" tt="none">
                extra
              </Badge>
            )}
            {label.inForce && label.person.id === viewerId && (
              <Button
                size="compact-xs"
                variant="default"
                disabled={relabel.busy}
                aria-label={`Undo ${label.class.name}`}
                onClick={() => void relabel.undo(label.id)}
              >
                Undo
              </Button>
            )}
          </Group>
        ))}
      </Box>
    </Stack>
  );
}

/** Shows how many labels agree, and how doubtful the consensus was in the last round. */
function ConsensusFacts({ image }: { image: GalleryDetailFragment }) {
  const [agreement, doubt] = [agreementWords(image), doubtWords(image)];
  if (!agreement) return null;
  return (
    <Text size="sm" c="dimmed" component="div">
      {agreement}
      {doubt && (
        <>
          {' · '}
          <Text
            span
            fw={doubt.isDoubtful ? 600 : undefined}
            c={doubt.isDoubtful ? 'var(--mantine-color-text)' : undefined}
          >
            {doubt.title}
          </Text>
          <Text size="xs">{doubt.text}</Text>
        </>
      )}
    </Text>
  );
}
