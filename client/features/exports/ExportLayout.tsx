import { Paper, Stack, Text, Title } from '@mantine/core';
import { IconFile, IconFileText, IconFolder } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { formatCount, formatQuantity } from '../../lib/format';
import styles from './ExportLayout.module.css';

interface Props {
  classes: { id: string; name: string; labelledCount: number }[];
  withPredictions: boolean;
}

const maxShown = 6;

/** Shows the folders and files of the zip file. */
export function ExportLayout({ classes, withPredictions }: Props) {
  const used = classes.filter((each) => withPredictions || each.labelledCount > 0);
  const rest = used.length - maxShown;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="layout">
      <Title order={2} size="h5" mb="sm" id="layout">
        Inside the zip
      </Title>
      <ul className={styles.tree}>
        {used.slice(0, maxShown).map((each) => (
          <Line key={each.id} icon={<IconFolder size={16} />} name={`${each.name}/`}>
            {formatCount(each.labelledCount)} labelled{withPredictions && ' and predicted'}
          </Line>
        ))}
        {rest > 0 && (
          <Line icon={<IconFolder size={16} />} name="…">
            {formatQuantity(rest, 'more class', 'more classes')}
          </Line>
        )}
        <Line icon={<IconFileText size={16} />} name="labels.csv">
          one row per image
        </Line>
        <Line icon={<IconFile size={16} />} name="manifest.json">
          how it was created
        </Line>
      </ul>
      <Stack gap="xs" mt="md">
        <Text size="sm" c="dimmed">
          <b>labels.csv</b> lists for each image the class, the person, the time, the origin (by
          hand, confirmed, imported or predicted) and, for predictions, the confidence.
        </Text>
        <Text size="sm" c="dimmed">
          <b>manifest.json</b> contains the same with SHA-256 hashes, the dataset and the export
          settings, so that you can prove later where a file came from.
        </Text>
      </Stack>
    </Paper>
  );
}

interface LineProps {
  icon: ReactNode;
  name: string;
  children: ReactNode;
}

function Line({ icon, name, children }: LineProps) {
  return (
    <li>
      {icon}
      <span className={styles.name}>{name}</span>
      <Text span size="xs" c="dimmed">
        {children}
      </Text>
    </li>
  );
}
