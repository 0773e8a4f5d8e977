import { Kbd, Modal, Table, Text } from '@mantine/core';
import { Fragment } from 'react';

export interface KeyboardHelpProps {
  opened: boolean;
  onClose: () => void;
  /** "Ctrl" or "⌘". */
  modifier: string;
}

/** Everything that keys do on the label page. */
export function KeyboardHelp({ opened, onClose, modifier }: KeyboardHelpProps) {
  const rows: [keys: string[], meaning: string][] = [
    [['1', '…', '5'], 'Answer with a predicted class'],
    [['a', '…', 'z'], 'Answer with the class of that hotkey'],
    [['/'], 'Search the classes; Enter picks the first'],
    [['Space'], 'Skip: somebody else is asked'],
    [['⌫', `${modifier} Z`], 'Undo the last answer or skip'],
    [['+', '-', '0'], 'Zoom in, out, whole image; or the wheel, and drag'],
    [['.'], 'Heat map: what in the image speaks for the predicted class, or the one pointed at'],
    [[','], 'Similar images: label all of them at once'],
    [['?'], 'This list'],
  ];
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard" size="md">
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
