import {
  Button,
  Group,
  Indicator,
  Popover,
  RangeSlider,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconFilter, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { countFilters, orders, splits, unfilteredView, type GalleryView } from './galleryView';

interface Props {
  view: GalleryView;
  classes: { id: string; name: string }[];
  onChange: (change: Partial<GalleryView>) => void;
}

/** Lets the user filter and sort the gallery. The less common filters are behind a button. */
export function GalleryFilters({ view, classes, onChange }: Props) {
  const count = countFilters({ ...view, name: '', labelled: null });
  return (
    <Group gap="xs" mb="md">
      <NameSearch key={view.name} name={view.name} onChange={(name) => onChange({ name })} />
      <SegmentedControl
        size="xs"
        aria-label="Label status"
        value={view.labelled ?? 'all'}
        onChange={(value) => onChange({ labelled: value === 'all' ? null : value })}
        data={[
          { value: 'all', label: 'All' },
          { value: 'yes', label: 'Labelled' },
          { value: 'no', label: 'Unlabelled' },
        ]}
      />
      <Popover width={320} position="bottom-start" shadow="md" withinPortal>
        <Popover.Target>
          <Indicator disabled={count === 0} label={count} size={16}>
            <Button size="xs" variant="default" leftSection={<IconFilter size={14} />}>
              Filter
            </Button>
          </Indicator>
        </Popover.Target>
        <Popover.Dropdown>
          <MoreFilters view={view} classes={classes} onChange={onChange} />
        </Popover.Dropdown>
      </Popover>
      <Select
        size="xs"
        aria-label="Order"
        data={orders}
        value={view.order}
        allowDeselect={false}
        onChange={(order) => onChange({ order: order ?? 'UPLOADED' })}
      />
      {countFilters(view) > 0 && (
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          onClick={() => onChange({ ...unfilteredView, order: view.order })}
        >
          Clear filters
        </Button>
      )}
    </Group>
  );
}

function NameSearch({ name, onChange }: { name: string; onChange: (name: string) => void }) {
  const [text, setText] = useState(name);
  const search = useDebouncedCallback(onChange, 350);
  return (
    <TextInput
      size="xs"
      aria-label="Search by file name"
      placeholder="File name"
      leftSection={<IconSearch size={14} />}
      w={180}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        search(event.currentTarget.value);
      }}
    />
  );
}

function MoreFilters({ view, classes, onChange }: Props) {
  const options = classes.map(({ id, name }) => ({ value: id, label: name }));
  const inside = { withinPortal: false };
  return (
    <Stack gap="sm">
      <Select
        label="Class"
        placeholder="Any"
        size="xs"
        clearable
        searchable
        data={options}
        value={view.classId}
        onChange={(classId) => onChange({ classId })}
        comboboxProps={inside}
      />
      <Select
        label="Predicted class"
        placeholder="Any"
        size="xs"
        clearable
        searchable
        data={options}
        value={view.predictedClassId}
        onChange={(predictedClassId) => onChange({ predictedClassId })}
        comboboxProps={inside}
      />
      <ConfidenceRange
        key={view.confidence.join('-')}
        value={view.confidence}
        onChange={(confidence) => onChange({ confidence })}
      />
      <Select
        label="Split"
        placeholder="Any"
        size="xs"
        clearable
        data={splits}
        value={view.split}
        onChange={(split) => onChange({ split })}
        comboboxProps={inside}
      />
      <div>
        <Text size="xs" fw={500} mb={4}>
          Held out
        </Text>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label="Held out"
          value={view.heldOut ?? 'any'}
          onChange={(value) => onChange({ heldOut: value === 'any' ? null : value })}
          data={[
            { value: 'any', label: 'Any' },
            { value: 'yes', label: 'Held out' },
            { value: 'no', label: 'Not held out' },
          ]}
        />
      </div>
    </Stack>
  );
}

interface RangeProps {
  value: [number, number];
  onChange: (value: [number, number]) => void;
}

function ConfidenceRange({ value, onChange }: RangeProps) {
  const [range, setRange] = useState(value);
  return (
    <div>
      <Group justify="space-between" mb={6}>
        <Text size="xs" fw={500}>
          Confidence
        </Text>
        <Text size="xs" c="dimmed" className="tabular">
          {range[0]} to {range[1]} %
        </Text>
      </Group>
      <RangeSlider
        size="sm"
        min={0}
        max={100}
        minRange={0}
        label={null}
        thumbFromLabel="Minimum confidence"
        thumbToLabel="Maximum confidence"
        value={range}
        onChange={setRange}
        onChangeEnd={onChange}
      />
    </div>
  );
}
