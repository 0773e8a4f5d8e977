import { List, Stack, Text } from '@mantine/core';
import type { LibCertificateFragment } from '../../gql/operations';

interface Props {
  certificate: LibCertificateFragment;
  title?: string;
}

/** Shows the statement of a certificate and its assumptions. */
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
          Assumptions
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
