import {
  Badge,
  Button,
  Group,
  Image,
  Kbd,
  Paper,
  Select,
  SimpleGrid,
  Stack,
  Text,
} from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { ClassSwatch } from '../../components/ClassSwatch';
import type { LibClassFragment } from '../../gql/operations';
import { reasonWords } from './reviewWords';
import type { ReviewTask } from './useReview';

interface Props {
  task: ReviewTask;
  classes: readonly LibClassFragment[];
  busy: boolean;
  onAnswer: (classId: string) => void;
}

/** One suspect: the image, who said what, why it is doubted, and what can be answered. */
export function ReviewCard({ task: { image }, classes, busy, onAnswer }: Props) {
  const { review, labels } = image;
  const given = review?.givenClass;
  const suggested = review?.suggestedClass;
  const keep = () => given && onAnswer(given.id);
  useHotkeys([
    ['k', keep],
    ['Enter', keep],
    ['s', () => suggested && onAnswer(suggested.id)],
  ]);
  const { title, text } = reasonWords(review);
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
      <Stack gap="sm">
        <Image src={image.url} alt={image.fileName} mah="60vh" fit="contain" radius="md" />
        {review?.otherImage && (
          <Group gap="sm" wrap="nowrap" align="flex-start">
            <Image
              src={review.otherImage.url}
              alt={review.otherImage.fileName}
              w={120}
              radius="sm"
            />
            <Text size="sm" c="dimmed">
              Nearly the same image, labelled {suggested?.name}.
            </Text>
          </Group>
        )}
      </Stack>
      <Paper withBorder radius="md" p="md">
        <Stack gap="md">
          <div>
            <Badge variant="light">{title}</Badge>
            <Text mt="xs">{text}</Text>
          </div>
          <Stack gap={4} aria-label="Labels">
            {labels.map(({ id, class: said, person }) => (
              <Group key={id} gap="xs">
                <ClassSwatch color={said.color} name={said.name} />
                <Text size="sm" c="dimmed">
                  by {person.name}
                </Text>
              </Group>
            ))}
          </Stack>
          {given && (
            <Button
              disabled={busy}
              onClick={keep}
              rightSection={<Kbd size="xs">K</Kbd>}
              justify="space-between"
            >
              Keep {given.name}
            </Button>
          )}
          {suggested && (
            <Button
              variant="light"
              disabled={busy}
              onClick={() => onAnswer(suggested.id)}
              rightSection={<Kbd size="xs">S</Kbd>}
              justify="space-between"
            >
              Change to {suggested.name}
            </Button>
          )}
          <Select
            label="Another class"
            placeholder="Search"
            searchable
            disabled={busy}
            value={null}
            data={classes.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(id) => id && onAnswer(id)}
          />
        </Stack>
      </Paper>
    </SimpleGrid>
  );
}
