import { List, Stack, Text } from '@mantine/core';
import type { LibCertificateFragment } from '../../gql/operations';

interface Props {
  certificate: LibCertificateFragment;
  title?: string;
}

/** The sentence that is promised, and what has to be so for it to hold. */
export function Statement({ certificate, title }: Props) {
  return (
    <Stack gap="xs">
      {title && (
        <Text size="xs" c="dimmed" fw={600}>
          {title}
        </Text>
      )}
      <Text>{certificate.statement}</Text>
      <details>
        <Text component="summary" size="sm" c="dimmed" style={{ cursor: 'pointer' }}>
          What this assumes
        </Text>
        <List size="sm" c="dimmed" mt="xs" spacing={4} style={{ overflowWrap: 'anywhere' }}>
          {certificate.assumptions.map((one) => (
            <List.Item key={one}>{one}</List.Item>
          ))}
        </List>
      </details>
    </Stack>
  );
}
