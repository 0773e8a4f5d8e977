import { Kbd, Modal, Table, Text } from '@mantine/core';
import { Fragment } from 'react';

export interface KeyboardHelpProps {
  opened: boolean;
  onClose: () => void;
  /** "Ctrl" or "⌘". */
  modifier: string;
}

/** Lists the keyboard shortcuts of the label page. */
export function KeyboardHelp({ opened, onClose, modifier }: KeyboardHelpProps) {
  const rows: [keys: string[], meaning: string][] = [
    [['1', '…', '5'], 'Answer with a predicted class'],
    [['a', '…', 'z'], 'Answer with the class that has this hotkey'],
    [['/'], 'Search classes; Enter picks the first match'],
    [['Space'], 'Skip; somebody else gets the image'],
    [['⌫', `${modifier} Z`], 'Undo the last answer or skip'],
    [['+', '-', '0'], 'Zoom in, zoom out, fit image; or use the wheel and drag'],
    [['.'], 'Heat map: evidence for the predicted class, or for the class under the pointer'],
    [[','], 'Find similar images and label them together'],
    [['?'], 'Show this list'],
  ];
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size="md">
      <Table verticalSpacing="xs" withRowBorders={false}>
        <Table.Tbody>
          {rows.map(([keys, meaning]) => (
            <Table.Tr key={meaning}>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                {keys.map((key, index) => (
                  <Fragment key={key}>
                    {index > 0 && ' '}
                    {key === '…' ? '…' : <Kbd>{key}</Kbd>}
                  </Fragment>
                ))}
              </Table.Td>
              <Table.Td>
                <Text size="sm">{meaning}</Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
