import { Button, Group, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { ClassesRowFragment } from '../../gql/operations';
import { parseClassNames } from './classNames';

interface Props {
  classes: ClassesRowFragment[];
  onAdd: (name: string) => Promise<boolean>;
}

function collision(name: string, classes: ClassesRowFragment[]): string | null {
  const wanted = name.trim().toLowerCase();
  const known = classes.find((each) => each.name.toLowerCase() === wanted);
  if (!known) return null;
  return known.archived ? `“${known.name}” is archived: restore it below.` : 'It exists already.';
}

/** Enter adds and stays for the next; a pasted list adds all of it. */
export function AddClassForm({ classes, onAdd }: Props) {
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const problem = text ? collision(text, classes) : null;
  const add = async () => {
    const { names } = parseClassNames(text);
    if (names.length === 0 || problem) return;
    setText('');
    input.current?.focus();
    // One after the other, so that they keep the order they were given in.
    for (const name of names) if (!(await onAdd(name))) return setText(name);
  };
  const paste = (event: React.ClipboardEvent<HTMLInputElement>) => {
    const pasted = event.clipboardData.getData('text');
    if (!/[\n,;]/.test(pasted)) return;
    // An input would glue the lines together.
    event.preventDefault();
    setText(parseClassNames(`${text}\n${pasted}`).names.join(', '));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <Group gap="xs" align="flex-start">
        <TextInput
          ref={input}
          aria-label="New class"
          placeholder="New class, or paste a list"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onPaste={paste}
          error={problem}
          flex={1}
          maw={420}
        />
        <Button
          type="submit"
          variant="default"
          leftSection={<IconPlus size={16} />}
          disabled={!text.trim() || problem !== null}
        >
          Add class
        </Button>
      </Group>
    </form>
  );
}
