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

/** Every backbone that the dataset may have. */
export function BackboneSelect({ datasetId, value, onChange }: Props) {
  const { data, error } = useQuery(OverviewBackbonesDocument, {
    variables: { datasetId },
    fetchPolicy: 'cache-and-network',
  });
  const backbones = data?.dataset?.backbones ?? [];
  const options = backbones.map(({ id, name }) => ({ value: id, label: name }));
  // One that this server lacks is still the dataset's.
  if (value && !backbones.some(({ id }) => id === value))
    options.unshift({ value, label: data ? `${value} (not on this server)` : value });
  const about = (id: string) => {
    const backbone = backbones.find((each) => each.id === id);
    if (!backbone) return '';
    const { inputSize, embeddingSize, hasFeatureMap } = backbone;
    return `${inputSize} × ${inputSize} pixels · ${formatCount(embeddingSize)} values · ${hasFeatureMap ? 'with heat maps' : 'without heat maps'}`;
  };
  return (
    <Select
      label="Backbone"
      description="Changing it embeds every image anew in the background; the present one serves until then"
      data={options}
      value={value}
      onChange={onChange}
      allowDeselect={false}
      renderOption={({ option }) => (
        <Stack gap={0}>
          <Text size="sm">{option.label}</Text>
          <Text size="xs" c="dimmed" className="tabular">
            {about(option.value)}
          </Text>
        </Stack>
      )}
      error={error && failureMessage(error)}
      placeholder={data && options.length === 0 ? 'This server has none' : undefined}
    />
  );
}
