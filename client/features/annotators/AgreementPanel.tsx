import { Paper, Stack, Table, Text, Title } from '@mantine/core';
import type { AnnotatorsPageQuery } from '../../gql/operations';
import { IntervalBar, percent } from './IntervalBar';

type Agreement = NonNullable<AnnotatorsPageQuery['dataset']>['agreement'];

const nothing = (alone: boolean) =>
  alone
    ? 'One person labels here, so there is nobody to agree with.'
    : 'No image has answers of two people. Ask for several answers in the dataset settings.';

/** Krippendorff's alpha for all, Cohen's kappa for pairs. */
export function AgreementPanel({ agreement, alone }: { agreement: Agreement; alone: boolean }) {
  return (
    <Paper withBorder radius="md" p="md">
      <Stack gap="sm">
        <Title order={2} size="h4">
          Agreement
        </Title>
        {agreement ? <Figures agreement={agreement} /> : <Text c="dimmed">{nothing(alone)}</Text>}
      </Stack>
    </Paper>
  );
}

function Figures({ agreement }: { agreement: NonNullable<Agreement> }) {
  const { alpha, images, agreed, pairs } = agreement;
  return (
    <>
      {alpha ? (
        <IntervalBar {...alpha} from={-1} note="Krippendorff’s alpha" />
      ) : (
        <Text c="dimmed">Only one class was ever named: there is nothing to agree on.</Text>
      )}
      <Text size="sm" c="dimmed">
        {percent(agreed)} of pairs of answers agree on {images.toLocaleString('en')} shared images.
        1 is perfect, 0 what chance would give; below 0.67 conclude nothing.
      </Text>
      <Table.ScrollContainer minWidth={520} type="native">
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Pair</Table.Th>
              <Table.Th ta="right">Shared</Table.Th>
              <Table.Th ta="right">Same answer</Table.Th>
              <Table.Th>Cohen’s kappa</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {pairs.map(({ person, other, images: shared, agreed: same, kappa }) => (
              <Table.Tr key={`${person.id} ${other.id}`}>
                <Table.Td>
                  {person.name} · {other.name}
                </Table.Td>
                <Table.Td ta="right">{shared}</Table.Td>
                <Table.Td ta="right">{percent(same)}</Table.Td>
                <Table.Td>{kappa ? <IntervalBar {...kappa} from={-1} /> : '–'}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}
