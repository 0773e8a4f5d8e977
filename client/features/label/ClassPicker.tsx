import { Button, CloseButton, Kbd, Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, type Ref, useMemo, useState } from 'react';
import { ClassSwatch } from '../../components/ClassSwatch';
import type { LibClassFragment } from '../../gql/operations';
import classes from './Answers.module.css';
import { keepFocus } from './keepFocus';
import { matchClasses } from '../../../shared/matchClasses';

export interface ClassPickerProps {
  classes: readonly LibClassFragment[];
  onAnswer: (picked: LibClassFragment) => void;
  onAddClass: (name: string) => void;
  searchRef: Ref<HTMLInputElement>;
}

/** The classes of the dataset as buttons, with a search field. */
export function ClassPicker({ classes: all, onAnswer, onAddClass, searchRef }: ClassPickerProps) {
  const [search, setSearch] = useState('');
  const matches = useMemo(() => matchClasses(all, search), [all, search]);
  const pick = (one: LibClassFragment) => {
    setSearch('');
    onAnswer(one);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const [first] = matches;
    if (event.key === 'Enter' && search.trim() && first) {
      event.preventDefault();
      pick(first);
      event.currentTarget.blur();
    } else if (event.key === 'Escape') {
      setSearch('');
      event.currentTarget.blur();
    }
  };
  return (
    <section aria-labelledby="classes" className={classes.picker}>
      <Text id="classes" component="h2" className={classes.heading}>
        Classes
        <span className={classes.aside}>{all.length}</span>
      </Text>
      <TextInput
        ref={searchRef}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        aria-label="Search classes"
        placeholder="Search (Enter picks the first)"
        size="xs"
        leftSection={<IconSearch size={14} />}
        rightSection={
          search ? (
            <CloseButton size="xs" aria-label="Clear search" onClick={() => setSearch('')} />
          ) : (
            <Kbd size="xs">/</Kbd>
          )
        }
      />
      <ul className={classes.classes} data-few={all.length <= 12 || undefined}>
        {matches.map((one, index) => (
          <li key={one.id}>
            <UnstyledButton
              className={classes.class}
              data-first={(search && index === 0) || undefined}
              onMouseDown={keepFocus}
              onClick={() => pick(one)}
              aria-label={`Label as ${one.name}`}
              aria-keyshortcuts={one.hotkey ?? undefined}
              title={one.name}
            >
              <ClassSwatch color={one.color} name={one.name} />
              {one.hotkey && <Kbd size="xs">{one.hotkey}</Kbd>}
            </UnstyledButton>
          </li>
        ))}
      </ul>
      {matches.length === 0 && search.trim() && (
        <Button
          variant="light"
          size="xs"
          leftSection={<IconPlus size={14} />}
          onClick={() => onAddClass(search.trim())}
        >
          Add class “{search.trim()}”
        </Button>
      )}
    </section>
  );
}
