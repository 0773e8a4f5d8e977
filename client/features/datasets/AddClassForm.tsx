import { Button, Group, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { ClassesRowFragment } from '../../gql/operations';
import { parseClassNames } from './classNames';

interface Props {
  classes: ClassesRowFragment[];
  onAdd: (name: string) => Promise<boolean>;
}

/** Why the name cannot be added, or null. */
function nameProblem(name: string, classes: ClassesRowFragment[]): string | null {
  const key = name.trim().toLowerCase();
  const existing = classes.find((each) => each.name.toLowerCase() === key);
  if (!existing) return null;
  return existing.archived
    ? `The class “${existing.name}” is archived. Restore it below.`
    : `The class “${existing.name}” already exists.`;
}

/** Adds one class or a pasted list. The field keeps the focus for the next class. */
export function AddClassForm({ classes, onAdd }: Props) {
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const problem = text ? nameProblem(text, classes) : null;
  const add = async () => {
    const { names } = parseClassNames(text);
    if (names.length === 0 || problem) return;
    setText('');
    input.current?.focus();
    // Sequential, so that the classes keep their order.
    for (const name of names) if (!(await onAdd(name))) return setText(name);
  };
  const paste = (event: React.ClipboardEvent<HTMLInputElement>) => {
    const pasted = event.clipboardData.getData('text');
    if (!/[\n,;]/.test(pasted)) return;
    // A text input would join the pasted lines.
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
