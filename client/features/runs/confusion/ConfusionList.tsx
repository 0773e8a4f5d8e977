import { Anchor, Button, Table, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { ClassSwatch } from '../../../components/ClassSwatch';
import type { RunsDetailQuery } from '../../../gql/operations';
import { datasetPaths } from '../../../lib/datasetPaths';
import { formatCount, formatPercent } from '../../../lib/format';
import styles from '../RunReport.module.css';

type Run = NonNullable<RunsDetailQuery['retrainRun']>;

const shownAtFirst = 8;

/** The classes that are taken for each other, most often first: each leads to the images. */
export function ConfusionList({ run, datasetId }: { run: Run; datasetId: string }) {
  const [all, setAll] = useState(false);
  const wrong = run.confusions
    .filter((cell) => cell.class.id !== cell.predictedClass.id)
    .sort((a, b) => b.count - a.count);
  const labelsOf = new Map(run.classes.map((one) => [one.class.id, one.labels]));
  const most = wrong[0]?.count ?? 1;
  return (
    <section aria-label="Confused classes">
      <Title order={3} size="h6" mb="xs">
        Confused classes
      </Title>
      {wrong.length === 0 ? (
        <Text size="sm" c="dimmed">
          {run.confusions.length === 0
            ? 'Too few labels to judge some of them by heads that never saw them.'
            : 'Every label was predicted rightly by a head that never saw it.'}
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={360}>
          <Table verticalSpacing={4} withRowBorders={false} className="tabular">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Labelled</Table.Th>
                <Table.Th>Predicted</Table.Th>
                <Table.Th ta="right">Images</Table.Th>
                <Table.Th ta="right">Of the class</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {(all ? wrong : wrong.slice(0, shownAtFirst)).map((cell) => (
                <Table.Tr key={`${cell.class.id} ${cell.predictedClass.id}`}>
                  <Table.Td>
                    <ClassSwatch {...cell.class} size={8} />
                  </Table.Td>
                  <Table.Td>
                    <ClassSwatch {...cell.predictedClass} size={8} />
                  </Table.Td>
                  <Table.Td
                    ta="right"
                    className={styles.heat ?? ''}
                    style={{ '--heat': cell.count / most }}
                  >
                    <Anchor
                      component={Link}
                      size="sm"
                      to={datasetPaths.confused(datasetId, cell.class.id, cell.predictedClass.id)}
                      aria-label={`${cell.count} labelled ${cell.class.name}, predicted ${cell.predictedClass.name}: show such images`}
                    >
                      {formatCount(cell.count)}
                    </Anchor>
                  </Table.Td>
                  <Table.Td ta="right" c="dimmed">
                    {formatPercent(cell.count / (labelsOf.get(cell.class.id) || cell.count))}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {!all && wrong.length > shownAtFirst && (
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setAll(true)}>
          Show all {formatCount(wrong.length)}
        </Button>
      )}
    </section>
  );
}
