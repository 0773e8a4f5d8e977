import { Anchor, Box, Group, Paper, SimpleGrid, Text, ThemeIcon, Title } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { Link } from 'react-router';
import { datasetPaths } from '../../../lib/datasetPaths';
import type { FirstSteps } from './firstSteps';

interface Props {
  datasetId: string;
  steps: FirstSteps;
}

const stepsOf = (id: string, steps: FirstSteps) => [
  {
    done: steps.uploaded,
    title: 'Upload images',
    help: 'Files, folders or a zip',
    to: datasetPaths.upload(id),
  },
  {
    done: steps.hasClasses,
    title: 'Name the classes',
    help: 'At least two',
    to: datasetPaths.classes(id),
  },
  {
    done: steps.labelled,
    title: 'Label the first images',
    help: 'One key per label',
    to: datasetPaths.label(id),
  },
  {
    done: steps.published,
    title: 'Publish the first round',
    help: 'Starts automatically after enough labels',
    to: datasetPaths.runs(id),
  },
];

/** Lists the steps to set up a dataset. It is hidden when all of them are done. */
export function FirstStepsList({ datasetId, steps }: Props) {
  const entries = stepsOf(datasetId, steps);
  const next = entries.findIndex((step) => !step.done);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="first-steps">
      <Title order={2} size="h5" mb="sm" id="first-steps">
        First steps
      </Title>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} component="ol" p={0} m={0}>
        {entries.map((step, index) => (
          <Group
            key={step.title}
            component="li"
            gap="sm"
            wrap="nowrap"
            align="flex-start"
            style={{ listStyle: 'none' }}
          >
            <ThemeIcon
              size={26}
              radius="xl"
              variant={step.done ? 'filled' : 'light'}
              color={step.done ? 'teal' : index === next ? undefined : 'gray'}
            >
              {step.done ? <IconCheck size={15} aria-label="Done" /> : <b>{index + 1}</b>}
            </ThemeIcon>
            <Box miw={0}>
              {step.done ? (
                <Text size="sm" c="dimmed" td="line-through">
                  {step.title}
                </Text>
              ) : (
                <Anchor component={Link} to={step.to} size="sm" fw={index === next ? 600 : 400}>
                  {step.title}
                </Anchor>
              )}
              <Text size="xs" c="dimmed">
                {step.help}
              </Text>
            </Box>
          </Group>
        ))}
      </SimpleGrid>
    </Paper>
  );
}
