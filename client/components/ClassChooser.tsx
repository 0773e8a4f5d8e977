import { TextInput, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { ClassSwatch } from './ClassSwatch';
import type { LibClassFragment } from '../gql/operations';
import { matchClasses } from '../../shared/matchClasses';
import classes from './ClassChooser.module.css';

export interface ClassChooserProps {
  classes: readonly LibClassFragment[];
  /** Listed first. */
  likely: readonly LibClassFragment[];
  onChoose: (one: LibClassFragment) => void;
}

/** Lets the user find a class by a few letters. The likely classes come first. */
export function ClassChooser({ classes: all, likely, onChoose }: ClassChooserProps) {
  const [search, setSearch] = useState('');
  const likelyIds = new Set(likely.map(({ id }) => id));
  const ranked = [...likely, ...all.filter(({ id }) => !likelyIds.has(id))];
  const matches = matchClasses(ranked, search);
  return (
    <>
      <TextInput
        size="xs"
        data-autofocus
        aria-label="Search classes"
        placeholder="Search, Enter chooses the first"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && matches[0]) onChoose(matches[0]);
        }}
      />
      <ul className={classes.list}>
        {matches.map((one) => (
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
