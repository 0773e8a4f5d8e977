import { useQuery } from '@apollo/client/react';
import { Select } from '@mantine/core';
import { OverviewBackbonesDocument } from '../../gql/operations';
import { failureMessage } from '../../lib/mutationErrors';

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
  const options = backbones.map(({ id, name, inputSize, embeddingSize }) => ({
    value: id,
    label: `${name} · looks at ${inputSize} × ${inputSize}, ${embeddingSize} values`,
  }));
  // One that this server lacks is still the dataset's.
  if (value && !backbones.some(({ id }) => id === value))
    options.unshift({ value, label: data ? `${value} (not on this server)` : value });
  return (
    <Select
      label="Backbone"
      description="Changing it embeds every image anew in the background; the present one serves until then"
      data={options}
      value={value}
      onChange={onChange}
      allowDeselect={false}
      error={error && failureMessage(error)}
      placeholder={data && options.length === 0 ? 'This server has none' : undefined}
    />
  );
}
