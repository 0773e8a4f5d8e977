import { Button, Group, Kbd, Popover, Slider, Switch, Text } from '@mantine/core';
import { IconArrowBackUp, IconCheck, IconChevronDown, IconPhotoSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { ClassChooser } from '../../components/ClassChooser';
import { ClassSwatch } from '../../components/ClassSwatch';
import type { LibClassFragment, SimilarExampleFragment } from '../../gql/operations';
import { baseName, formatQuantity } from '../../lib/format';
import classes from './SimilarGrid.module.css';
import type { Found, SimilarGrid } from './similarGrid';

interface Props {
  examples: readonly SimilarExampleFragment[];
  classes: readonly LibClassFragment[];
  found: readonly Found[];
  grid: SimilarGrid;
  /** How many images would be labelled. */
  chosen: number;
  target: LibClassFragment | undefined;
  everything: boolean;
  onTarget: (target: LibClassFragment) => void;
  onCut: (cut: number) => void;
  onEverything: (all: boolean) => void;
  onWiden: () => void;
  onLabel: () => void;
  onUndo: () => void;
}

/** What is looked for, how much of it counts, and what it is to be labelled as. */
export function SimilarBar(props: Props) {
  const { examples, found, chosen, everything } = props;
  return (
    <header className={classes.bar}>
      <div className={classes.asked}>
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
            {chosen} of {formatQuantity(found.length, 'image')} chosen
          </Text>
        </div>
      </div>
      <div className={classes.choice}>
        <CutOff {...props} />
        <Switch
          size="xs"
          label="Labelled too"
          checked={everything}
          onChange={(event) => props.onEverything(event.currentTarget.checked)}
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
          disabled={chosen === 0}
          onClick={props.onWiden}
        >
          More like these
        </Button>
        <Target {...props} />
      </Group>
    </header>
  );
}

/** From the least to the most alike of those found. */
function CutOff({ found, grid, onCut }: Props) {
  const most = found[0]?.similarity ?? 1;
  const least = found.at(-1)?.similarity ?? 0;
  return (
    <Group gap="sm" wrap="nowrap" className={classes.cut}>
      <Text size="xs" fw={500} style={{ whiteSpace: 'nowrap' }} id="cut-off">
        Similarity from <span className="tabular">{grid.cut.toFixed(2)}</span>
      </Text>
      <Slider
        size="sm"
        flex={1}
        label={null}
        min={least}
        max={Math.max(most, least + 0.01)}
        step={0.001}
        inverted
        disabled={found.length < 2}
        value={grid.cut}
        onChange={onCut}
        thumbProps={{ 'aria-labelledby': 'cut-off' }}
      />
    </Group>
  );
}

/** The class, and the button that gives it to everything that is chosen. */
function Target({ classes: all, target, chosen, onTarget, onLabel }: Props) {
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
        disabled={!target || chosen === 0}
        onClick={onLabel}
      >
        Label {formatQuantity(chosen, 'image')}
      </Button>
    </Group>
  );
}
