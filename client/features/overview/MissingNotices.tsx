import { Alert, List } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';

/** What this server lacks, said calmly: labelling works without it. */
export function MissingNotices({ missing }: { missing: string[] }) {
  if (missing.length === 0) return null;
  return (
    <Alert
      color="gray"
      variant="light"
      icon={<IconInfoCircle />}
      title="This server can do more than it does now"
    >
      <List size="sm" spacing={4}>
        {missing.map((sentence) => (
          <List.Item key={sentence}>{sentence}</List.Item>
        ))}
      </List>
    </Alert>
  );
}
