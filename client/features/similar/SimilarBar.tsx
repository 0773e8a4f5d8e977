import { Button, Group, Kbd, Popover, Slider, Switch, Text } from '@mantine/core';
import { IconArrowBackUp, IconCheck, IconChevronDown, IconPhotoSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { ClassChooser } from '../../components/ClassChooser';
import { ClassSwatch } from '../../components/ClassSwatch';
import type { LibClassFragment, SimilarExampleFragment } from '../../gql/operations';
import { baseName, formatQuantity } from '../../lib/format';
import classes from './SimilarGrid.module.css';
import type { SimilarGrid, SimilarImage } from './similarGrid';

interface Props {
  examples: readonly SimilarExampleFragment[];
  classes: readonly LibClassFragment[];
  results: readonly SimilarImage[];
  grid: SimilarGrid;
  selectedCount: number;
  target: LibClassFragment | undefined;
  includeLabelled: boolean;
  onTarget: (target: LibClassFragment) => void;
  onCutOff: (cutOff: number) => void;
  onIncludeLabelled: (withLabelled: boolean) => void;
  /** Searches again with the selected images as further examples. */
  onAddExamples: () => void;
  onLabel: () => void;
  onUndo: () => void;
}

/** Draws the examples, the cut-off, and the class that the selected images get. */
export function SimilarBar(props: Props) {
  const { examples, results, selectedCount, includeLabelled } = props;
  return (
    <header className={classes.bar}>
      <div className={classes.search}>
        <div className={classes.examples}>
          {examples.slice(0, 3).map((image) => (
            <img key={image.id} src={image.thumbnailUrl} alt={baseName(image.fileName)} />
          ))}
        </div>
        <div>
          <Text component="h1" fw={600}>
            {examples.length === 1
              ? 'Images like this one'
              : `Images like these ${examples.length}`}
          </Text>
          <Text size="xs" c="dimmed" aria-live="polite">
            {selectedCount} of {formatQuantity(results.length, 'image')} selected
          </Text>
        </div>
      </div>
      <div className={classes.selection}>
        <CutOffSlider {...props} />
        <Switch
          size="xs"
          label="Include labelled images"
          checked={includeLabelled}
          onChange={(event) => props.onIncludeLabelled(event.currentTarget.checked)}
        />
      </div>
      <Group gap="xs">
        <Button
          variant="default"
          leftSection={<IconArrowBackUp size={16} />}
          disabled={props.grid.past.length === 0}
          onClick={props.onUndo}
        >
          Undo
        </Button>
        <Button
          variant="default"
          leftSection={<IconPhotoSearch size={16} />}
          disabled={selectedCount === 0}
          onClick={props.onAddExamples}
        >
          Find more like these
        </Button>
        <TargetClass {...props} />
      </Group>
    </header>
  );
}

/** Chooses a cut-off between the highest and the lowest similarity of the result. */
function CutOffSlider({ results, grid, onCutOff }: Props) {
  const max = results[0]?.similarity ?? 1;
  const min = results.at(-1)?.similarity ?? 0;
  return (
    <Group gap="sm" wrap="nowrap" className={classes.cutOff}>
      <Text size="xs" fw={500} style={{ whiteSpace: 'nowrap' }} id="cut-off">
        Minimum similarity <span className="tabular">{grid.cutOff.toFixed(2)}</span>
      </Text>
      <Slider
        size="sm"
        flex={1}
        label={null}
        min={min}
        max={Math.max(max, min + 0.01)}
        step={0.001}
        inverted
        disabled={results.length < 2}
        value={grid.cutOff}
        onChange={onCutOff}
        thumbProps={{ 'aria-labelledby': 'cut-off' }}
      />
    </Group>
  );
}

/** Chooses the class, and labels the selected images with it. */
function TargetClass({ classes: all, target, selectedCount, onTarget, onLabel }: Props) {
  const [opened, setOpened] = useState(false);
  return (
    <Group gap={0} wrap="nowrap">
      <Popover opened={opened} onChange={setOpened} width={240} shadow="md" trapFocus withinPortal>
        <Popover.Target>
          <Button
            variant="default"
            className={classes.target ?? ''}
            rightSection={<IconChevronDown size={14} />}
            aria-label={target ? `Label as ${target.name}, change the class` : 'Choose a class'}
            onClick={() => setOpened(!opened)}
          >
            {target ? <ClassSwatch color={target.color} name={target.name} /> : 'Choose a class'}
          </Button>
        </Popover.Target>
        <Popover.Dropdown p="xs">
          <ClassChooser
            classes={all}
            likely={target ? [target] : []}
            onChoose={(one) => {
              setOpened(false);
              onTarget(one);
            }}
          />
        </Popover.Dropdown>
      </Popover>
      <Button
        className={classes.confirm ?? ''}
        leftSection={<IconCheck size={16} />}
        rightSection={<Kbd size="xs">Enter</Kbd>}
        disabled={!target || selectedCount === 0}
        onClick={onLabel}
      >
        Label {formatQuantity(selectedCount, 'image')}
      </Button>
    </Group>
  );
}
