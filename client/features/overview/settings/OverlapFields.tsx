import { Group, NumberInput, Select } from '@mantine/core';
import type { OverlapMode } from '../../../gql/operations';
import type { OverlapValues } from './overlapForm';

interface Props {
  values: OverlapValues;
  onChange: <K extends keyof OverlapValues>(field: K, value: OverlapValues[K]) => void;
}

const modes: { value: OverlapMode; label: string }[] = [
  { value: 'NONE', label: 'One answer per image' },
  { value: 'SHARE', label: 'Several answers for some images' },
  { value: 'AUTOMATIC', label: 'Another answer for doubtful images' },
];

/** Sets which images several people label, and how often predictions are hidden. */
export function OverlapFields({ values, onChange }: Props) {
  return (
    <>
      <Select
        label="Second opinions"
        data={modes}
        allowDeselect={false}
        value={values.overlapMode}
        onChange={(mode) => mode && onChange('overlapMode', mode)}
      />
      {values.overlapMode === 'SHARE' && (
        <Group grow align="flex-start">
          <NumberInput
            label="Answers per image"
            min={1}
            max={5}
            allowDecimal={false}
            value={values.overlap}
            onChange={(value) => onChange('overlap', value)}
          />
          <NumberInput
            label="Share of images"
            suffix=" %"
            min={0}
            max={100}
            value={values.overlapPercent}
            onChange={(value) => onChange('overlapPercent', value)}
          />
        </Group>
      )}
      <NumberInput
        label="Share of tasks that hide the prediction"
        description="Measures how much predictions influence the answers"
        suffix=" %"
        min={0}
        max={100}
        value={values.blindPercent}
        onChange={(value) => onChange('blindPercent', value)}
      />
    </>
  );
}
