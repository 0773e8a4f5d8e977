import { Paper, Stack, Table, Text, Title } from '@mantine/core';
import type { AnnotatorsPageQuery } from '../../gql/operations';
import { IntervalBar, percent } from './IntervalBar';

type Agreement = NonNullable<AnnotatorsPageQuery['dataset']>['agreement'];

const missingText = (alone: boolean) =>
  alone
    ? 'Only one person has labelled, so there is no agreement to measure.'
    : 'No image has answers from two people. Request several answers in the dataset settings.';

/** Shows Krippendorff's alpha of all annotators and Cohen's kappa of each pair. */
export function AgreementPanel({ agreement, alone }: { agreement: Agreement; alone: boolean }) {
  return (
    <Paper withBorder radius="md" p="md">
      <Stack gap="sm">
        <Title order={2} size="h4">
          Agreement
        </Title>
        {agreement ? (
          <AgreementFigures agreement={agreement} />
        ) : (
          <Text c="dimmed">{missingText(alone)}</Text>
        )}
      </Stack>
    </Paper>
  );
}

function AgreementFigures({ agreement }: { agreement: NonNullable<Agreement> }) {
  const { alpha, images, agreed, pairs } = agreement;
  return (
    <>
      {alpha ? (
        <IntervalBar {...alpha} from={-1} note="Krippendorff’s alpha" />
      ) : (
        <Text c="dimmed">All answers name the same class, so alpha is undefined.</Text>
      )}
      <Text size="sm" c="dimmed">
        {percent(agreed)} of answer pairs agree on {images.toLocaleString('en')} shared images. 1 is
        perfect agreement, 0 is chance level. A value below 0.67 supports no conclusion.
      </Text>
      <Table.ScrollContainer minWidth={520} type="native">
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Pair</Table.Th>
              <Table.Th ta="right">Shared images</Table.Th>
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
