import { Button, Group, TagsInput } from '@mantine/core';
import { useState } from 'react';
import { limits } from '../../../shared/limits';

export interface AddClassesProps {
  onAdd: (names: string[]) => void;
  loading: boolean;
}

/** A form for the first classes of a dataset. */
export function AddClasses({ onAdd, loading }: AddClassesProps) {
  const [names, setNames] = useState<string[]>([]);
  const [typed, setTyped] = useState('');
  const all = [...names, typed.trim()].filter(Boolean);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (all.length) onAdd(all);
      }}
    >
      <TagsInput
        label="Classes"
        placeholder="cat, dog, bird"
        description="Press Enter or a comma after each name"
        value={names}
        onChange={setNames}
        searchValue={typed}
        onSearchChange={setTyped}
        maxLength={limits.maxNameLength}
        splitChars={[',', ';', '\n']}
        ta="start"
        w={360}
        maw="100%"
        autoFocus
      />
      <Group justify="center" mt="md">
        <Button type="submit" loading={loading} disabled={!all.length}>
          {all.length > 1 ? `Add ${all.length} classes` : 'Add class'}
        </Button>
      </Group>
    </form>
  );
}
