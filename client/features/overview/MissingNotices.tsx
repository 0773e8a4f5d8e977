import { Alert, List } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';

/** Lists what is not installed on this server. Labelling works without it. */
export function MissingNotices({ missing }: { missing: string[] }) {
  if (missing.length === 0) return null;
  return (
    <Alert
      color="gray"
      variant="light"
      icon={<IconInfoCircle />}
      title="Some features are not available on this server"
    >
      <List size="sm" spacing={4}>
        {missing.map((sentence) => (
          <List.Item key={sentence}>{sentence}</List.Item>
        ))}
      </List>
    </Alert>
  );
}
