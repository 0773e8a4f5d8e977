import { TextInput, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { ClassSwatch } from './ClassSwatch';
import type { LibClassFragment } from '../gql/operations';
import { matchClasses } from '../../shared/matchClasses';
import classes from './ClassChooser.module.css';

export interface ClassChooserProps {
  classes: readonly LibClassFragment[];
  /** Shown while nothing is searched for. */
  likely: readonly LibClassFragment[];
  onChoose: (one: LibClassFragment) => void;
}

/** A class by a few letters; the likely ones stand ready. */
export function ClassChooser({ classes: all, likely, onChoose }: ClassChooserProps) {
  const [search, setSearch] = useState('');
  const likelyIds = new Set(likely.map(({ id }) => id));
  const ranked = [...likely, ...all.filter(({ id }) => !likelyIds.has(id))];
  const found = matchClasses(ranked, search);
  return (
    <>
      <TextInput
        size="xs"
        data-autofocus
        aria-label="Search the classes"
        placeholder="Search, Enter picks the first"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && found[0]) onChoose(found[0]);
        }}
      />
      <ul className={classes.list}>
        {found.map((one) => (
          <li key={one.id}>
            <UnstyledButton className={classes.entry} onClick={() => onChoose(one)}>
              <ClassSwatch color={one.color} name={one.name} />
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </>
  );
}
