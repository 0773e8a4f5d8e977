import { Badge, Paper, Table, Text, Title } from '@mantine/core';
import type { LibCertificateFragment } from '../../gql/operations';
import { formatAgo, formatCount, formatMoment } from '../../lib/format';
import { formatShare, outcomeOf, statusWords } from './certificateWords';

const columns = [
  'No.',
  'Status',
  'Maximum error rate',
  'Accepted',
  'Result',
  'Risk used',
  'Started',
];

/** Lists all attempts, newest first. Each uses part of the allowed risk. */
export function AttemptList({ certificates }: { certificates: readonly LibCertificateFragment[] }) {
  if (certificates.length === 0) return null;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="attempts">
      <Title order={2} size="h5" mb="xs" id="attempts">
        Attempts
      </Title>
      <Table.ScrollContainer minWidth={620}>
        <Table className="tabular" verticalSpacing="xs" aria-labelledby="attempts">
          <Table.Thead>
            <Table.Tr>
              {columns.map((name) => (
                <Table.Th key={name}>{name}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {certificates.map((one) => (
              <Attempt key={one.id} one={one} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

function Attempt({ one }: { one: LibCertificateFragment }) {
  const { text, color } = statusWords[one.status];
  return (
    <Table.Tr>
      <Table.Td>{one.number}</Table.Td>
      <Table.Td>
        <Badge variant="light" color={color} tt="none" miw="max-content">
          {text}
        </Badge>
      </Table.Td>
      <Table.Td>
        {formatShare(one.epsilon)}, round {one.run.number}
      </Table.Td>
      <Table.Td>{formatCount(one.accepted)}</Table.Td>
      <Table.Td>{outcomeOf(one)}</Table.Td>
      <Table.Td>{one.spent ? formatShare(one.attemptAlpha) : 'none'}</Table.Td>
      <Table.Td>
        <Text span size="sm" title={formatMoment(one.startedAt)}>
          {formatAgo(one.startedAt)}, <bdi>{one.startedBy.name}</bdi>
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
