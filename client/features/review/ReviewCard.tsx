import {
  Badge,
  Button,
  Group,
  Kbd,
  Paper,
  Select,
  SimpleGrid,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { ClassSwatch } from '../../components/ClassSwatch';
import type { LibClassFragment } from '../../gql/operations';
import { baseName } from '../../lib/format';
import { ReviewImages } from './ReviewImages';
import type { Choice } from './reviewChoices';
import type { ReviewTask } from './reviewState';
import { reasonWords } from './reviewWords';

interface Props {
  task: ReviewTask;
  choices: readonly Choice[];
  classes: readonly LibClassFragment[];
  busy: boolean;
  onAnswer: (picked: LibClassFragment) => void;
}

/** Draws one suspect label: the image, the answers, the reason and the possible choices. */
export function ReviewCard({ task: { image }, choices, classes, busy, onAnswer }: Props) {
  const reason = reasonWords(image.review);
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
      <ReviewImages image={image} />
      <Paper
        withBorder
        radius="md"
        p="md"
        component="section"
        aria-label="Suspect"
        style={{ alignSelf: 'start' }}
      >
        <Stack gap="md">
          <div>
            <Badge variant="light" tt="none">
              {reason.title}
            </Badge>
            <Title order={2} size="h4" mt="xs" style={{ overflowWrap: 'anywhere' }}>
              {baseName(image.fileName)}
            </Title>
            <Text mt={4}>{reason.text}</Text>
          </div>
          <Answers labels={image.labels} />
          <Stack gap="xs">
            {choices.map(({ class: one, text, key }) => (
              <Button
                key={one.id}
                // All buttons look the same, so that the page suggests no answer.
                variant="default"
                disabled={busy}
                onClick={() => onAnswer(one)}
                leftSection={<ClassSwatch color={one.color} size={12} />}
                rightSection={key && <Kbd size="xs">{key}</Kbd>}
                aria-keyshortcuts={key ?? undefined}
                aria-label={text}
                styles={{ label: { flex: 1, justifyContent: 'flex-start' } }}
              >
                {text}
              </Button>
            ))}
          </Stack>
          <Select
            label="Another class"
            description="Or press its hotkey"
            placeholder="Search"
            searchable
            disabled={busy}
            value={null}
            data={classes
              .filter(({ id }) => choices.every((choice) => choice.class.id !== id))
              .map(({ id, name, hotkey }) => ({
                value: id,
                label: hotkey ? `${name} (${hotkey})` : name,
              }))}
            onChange={(picked) => {
              const one = classes.find(({ id }) => id === picked);
              if (one) onAnswer(one);
            }}
          />
        </Stack>
      </Paper>
    </SimpleGrid>
  );
}

function Answers({ labels }: { labels: ReviewTask['image']['labels'] }) {
  return (
    <Stack gap={4} component="ul" p={0} m={0} aria-label="Answers" style={{ listStyle: 'none' }}>
      {labels.map(({ id, class: answer, person }) => (
        <Group key={id} gap="xs" component="li" wrap="nowrap">
          <Text size="sm" component="div" miw={0}>
            <ClassSwatch color={answer.color} name={answer.name} />
          </Text>
          <Text size="sm" c="dimmed" truncate>
            by <bdi>{person.name}</bdi>
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
