import { Anchor, Button, Table, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { ClassSwatch } from '../../../components/ClassSwatch';
import type { RunsDetailQuery } from '../../../gql/operations';
import { datasetPaths } from '../../../lib/datasetPaths';
import { formatCount, formatPercent } from '../../../lib/format';
import styles from '../RunReport.module.css';

type Run = NonNullable<RunsDetailQuery['retrainRun']>;

const collapsedCount = 8;

/** Lists the confused pairs of classes, most frequent first. Each count links to the images. */
export function ConfusionList({ run, datasetId }: { run: Run; datasetId: string }) {
  const [all, setAll] = useState(false);
  const errors = run.confusions
    .filter((cell) => cell.class.id !== cell.predictedClass.id)
    .sort((a, b) => b.count - a.count);
  const labelsOf = new Map(run.classes.map((one) => [one.class.id, one.labels]));
  const maxCount = errors[0]?.count ?? 1;
  return (
    <section aria-label="Confused classes">
      <Title order={3} size="h6" mb="xs">
        Confused classes
      </Title>
      {errors.length === 0 ? (
        <Text size="sm" c="dimmed">
          {run.confusions.length === 0
            ? 'There are too few labels for cross-validation.'
            : 'Every label was predicted correctly by a head that was not trained on it.'}
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={360}>
          <Table verticalSpacing={4} withRowBorders={false} className="tabular">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Labelled</Table.Th>
                <Table.Th>Predicted</Table.Th>
                <Table.Th ta="right">Images</Table.Th>
                <Table.Th ta="right">Share of the class</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {(all ? errors : errors.slice(0, collapsedCount)).map((cell) => (
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
                    style={{ '--heat': cell.count / maxCount }}
                  >
                    <Anchor
                      component={Link}
                      size="sm"
                      to={datasetPaths.confused(datasetId, cell.class.id, cell.predictedClass.id)}
                      aria-label={`${cell.count} labelled ${cell.class.name}, predicted ${cell.predictedClass.name}: show these images`}
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
      {!all && errors.length > collapsedCount && (
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setAll(true)}>
          Show all {formatCount(errors.length)}
        </Button>
      )}
    </section>
  );
}
