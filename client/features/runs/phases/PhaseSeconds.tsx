import { Box, Group, Progress, Stack, Text, Title } from '@mantine/core';
import type { LibRunFragment } from '../../../gql/operations';
import { formatDuration } from '../../../lib/format';
import { phaseWords } from '../runWords';

interface Props {
  phases: NonNullable<LibRunFragment['metrics']>['phaseSeconds'];
}

/** Shows how long each phase of a run took. */
export function PhaseSeconds({ phases }: Props) {
  const max = Math.max(0.001, ...phases.map((each) => each.seconds));
  return (
    <section aria-label="Seconds per phase">
      <Title order={3} size="h6" mb="xs">
        Time per phase
      </Title>
      <Stack gap={6}>
        {phases.map(({ phase, seconds }) => (
          <Group key={phase} gap="sm" wrap="nowrap">
            <Text size="sm" w={84} flex="none">
              {phaseWords[phase]}
            </Text>
            <Box flex={1}>
              <Progress value={(100 * seconds) / max} size="sm" aria-hidden />
            </Box>
            <Text size="sm" c="dimmed" w={64} flex="none" ta="right" className="tabular">
              {seconds < 10 ? `${seconds.toFixed(2)} s` : formatDuration(seconds)}
            </Text>
          </Group>
        ))}
      </Stack>
    </section>
  );
}
