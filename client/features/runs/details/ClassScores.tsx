import { Table, Text, Title, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { ClassSwatch } from '../../../components/ClassSwatch';
import type { RunsDetailQuery } from '../../../gql/operations';
import { formatCount, formatPercent } from '../../../lib/format';
import { sortScores, type ScoreKey } from './sortScores';
import styles from '../RunReport.module.css';

type Scores = NonNullable<RunsDetailQuery['retrainRun']>['classes'];

const columns: { key: ScoreKey; label: string }[] = [
  { key: 'name', label: 'Class' },
  { key: 'labels', label: 'Labels' },
  { key: 'precision', label: 'Precision' },
  { key: 'recall', label: 'Recall' },
];

/** Lists precision and recall per class. A click on a heading sorts by it, weakest class first. */
export function ClassScores({ scores }: { scores: Scores }) {
  const [by, setBy] = useState<ScoreKey>('recall');
  const [reversed, setReversed] = useState(false);
  if (scores.length === 0) return null;
  const sorted = sortScores(scores, by);
  const sort = (key: ScoreKey) => {
    setReversed(key === by && !reversed);
    setBy(key);
  };
  return (
    <section aria-label="Classes">
      <Title order={3} size="h6" mb={4}>
        Results per class
      </Title>
      <Text size="xs" c="dimmed" mb="xs">
        Each label is predicted by a head that was not trained on it.
      </Text>
      <div className={styles.scroll}>
        <Table verticalSpacing={4} withRowBorders={false} className="tabular" stickyHeader>
          <Table.Thead>
            <Table.Tr>
              {columns.map(({ key, label }) => (
                <Table.Th
                  key={key}
                  ta={key === 'name' ? 'left' : 'right'}
                  aria-sort={key !== by ? 'none' : reversed ? 'descending' : 'ascending'}
                >
                  <UnstyledButton fz="inherit" fw="inherit" onClick={() => sort(key)}>
                    {label}
                    {key === by && (reversed ? ' ↓' : ' ↑')}
                  </UnstyledButton>
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(reversed ? sorted.reverse() : sorted).map((one) => (
              <Table.Tr key={one.class.id}>
                <Table.Td>
                  <ClassSwatch color={one.class.color} name={one.class.name} size={8} />
                </Table.Td>
                <Table.Td ta="right">{formatCount(one.labels)}</Table.Td>
                <Table.Td ta="right">{shareWords(one.precision)}</Table.Td>
                <Table.Td ta="right">{shareWords(one.recall)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  );
}

export const shareWords = (share: number | null) => (share === null ? '–' : formatPercent(share));
