import { Group, Paper, Table, Text } from '@mantine/core';
import { PersonAvatar } from '../../components/PersonAvatar';
import type { AnnotatorsPageQuery, AnnotatorsShareFragment } from '../../gql/operations';
import { IntervalBar } from './IntervalBar';

type Annotator = NonNullable<AnnotatorsPageQuery['dataset']>['annotators'][number];

function Share({ share, missing }: { share: AnnotatorsShareFragment | null; missing: string }) {
  if (!share)
    return (
      <Text size="sm" c="dimmed">
        {missing}
      </Text>
    );
  return <IntervalBar {...share} note={`${share.right} of ${share.count}`} />;
}

interface Props {
  annotators: readonly Annotator[];
  /** Whether to show the accuracy on gold images, which only reviewers may know. */
  isReviewer: boolean;
}

export function PeopleTable({ annotators, isReviewer }: Props) {
  return (
    <Paper withBorder radius="md">
      <Table.ScrollContainer minWidth={620} type="native">
        <Table verticalSpacing="sm" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Person</Table.Th>
              <Table.Th ta="right">Labels</Table.Th>
              <Table.Th>Agreement with others</Table.Th>
              {isReviewer && <Table.Th>Accuracy on gold images</Table.Th>}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {annotators.map(({ person, labels, quality, gold }) => (
              <Table.Tr key={person.id}>
                <Table.Td>
                  <Group gap="xs" wrap="nowrap">
                    <PersonAvatar person={person} />
                    <bdi>{person.name}</bdi>
                  </Group>
                </Table.Td>
                <Table.Td ta="right">{labels.toLocaleString('en')}</Table.Td>
                <Table.Td>
                  <Share share={quality} missing="No shared images" />
                </Table.Td>
                {isReviewer && (
                  <Table.Td>
                    <Share share={gold} missing="None answered" />
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}
