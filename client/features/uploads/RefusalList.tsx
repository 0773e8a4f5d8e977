import { Badge, Box, Button, Collapse, Group, ScrollArea, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import type { RefusalReason } from '../../gql/operations';
import { reasonWords } from './uploadWords';

interface Props {
  title: string;
  refusals: { fileName: string; reason: RefusalReason; message: string }[];
  /** May be larger than the number of listed refusals. */
  total: number;
}

/** Lists refused files by name with the reason of each. */
export function RefusalList({ title, refusals, total }: Props) {
  const [open, { toggle }] = useDisclosure(total <= 5);
  if (total === 0) return null;
  return (
    <div>
      <Button
        variant="subtle"
        color="orange"
        size="compact-sm"
        onClick={toggle}
        aria-expanded={open}
        rightSection={
          <IconChevronDown size={14} style={{ transform: open ? 'rotate(180deg)' : undefined }} />
        }
      >
        {title}: {total.toLocaleString('en')}
      </Button>
      <Collapse expanded={open}>
        <ScrollArea.Autosize mah={220} type="auto">
          <Box component="ul" m={0} p="xs" aria-label={title} style={{ listStyle: 'none' }}>
            {refusals.map((refusal, index) => (
              <Group
                key={`${refusal.fileName}-${index}`}
                component="li"
                gap="xs"
                py={4}
                style={{ contentVisibility: 'auto', containIntrinsicSize: 'auto 30px' }}
              >
                <Text
                  size="sm"
                  truncate
                  flex="0 1 auto"
                  miw={0}
                  maw={{ base: '100%', sm: '45%' }}
                  title={refusal.fileName}
                >
                  {refusal.fileName}
                </Text>
                <Badge variant="light" color="orange" tt="none" flex="none">
                  {reasonWords[refusal.reason]}
                </Badge>
                <Text size="sm" c="dimmed">
                  {refusal.message}
                </Text>
              </Group>
            ))}
            {total > refusals.length && (
              <Text size="sm" c="dimmed" py={4}>
                And {(total - refusals.length).toLocaleString('en')} more.
              </Text>
            )}
          </Box>
        </ScrollArea.Autosize>
      </Collapse>
    </div>
  );
}
