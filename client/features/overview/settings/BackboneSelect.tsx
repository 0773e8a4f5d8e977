import { useQuery } from '@apollo/client/react';
import { Select, Stack, Text } from '@mantine/core';
import { OverviewBackbonesDocument } from '../../../gql/operations';
import { formatCount } from '../../../lib/format';
import { failureMessage } from '../../../lib/mutationErrors';

interface Props {
  datasetId: string;
  value: string | null;
  onChange: (id: string | null) => void;
}

/** Lets the user choose a backbone from those that this server offers. */
export function BackboneSelect({ datasetId, value, onChange }: Props) {
  const { data, error } = useQuery(OverviewBackbonesDocument, {
    variables: { datasetId },
    fetchPolicy: 'cache-and-network',
  });
  const backbones = data?.dataset?.backbones ?? [];
  const options = backbones.map(({ id, name }) => ({ value: id, label: name }));
  // The dataset's backbone is listed even if this server does not have it.
  if (value && !backbones.some(({ id }) => id === value))
    options.unshift({ value, label: data ? `${value} (not on this server)` : value });
  const detailsOf = (id: string) => {
    const backbone = backbones.find((each) => each.id === id);
    if (!backbone) return '';
    const { inputSize, embeddingSize, hasFeatureMap } = backbone;
    return `${inputSize} × ${inputSize} pixels · ${formatCount(embeddingSize)} values · ${hasFeatureMap ? 'with heat maps' : 'without heat maps'}`;
  };
  return (
    <Select
      label="Backbone"
      description="A change re-embeds every image in the background. The current backbone is used until then."
      data={options}
      value={value}
      onChange={onChange}
      allowDeselect={false}
      renderOption={({ option }) => (
        <Stack gap={0}>
          <Text size="sm">{option.label}</Text>
          <Text size="xs" c="dimmed" className="tabular">
            {detailsOf(option.value)}
          </Text>
        </Stack>
      )}
      error={error && failureMessage(error)}
      placeholder={data && options.length === 0 ? 'No backbone on this server' : undefined}
    />
  );
}
