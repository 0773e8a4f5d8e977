import { Alert, Button, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { failureMessage, type MutationErrorLike, mutationErrorTitle } from '../lib/mutationErrors';

export interface ErrorNoticeProps {
  /** A payload's typed error, or whatever a query threw. Nothing is drawn without one. */
  error: MutationErrorLike | Error | null | undefined;
  /** Heading for errors that have no words of their own. */
  title?: string;
  /** Offers "Try again". */
  onRetry?: () => void;
}

const isTyped = (error: MutationErrorLike | Error): error is MutationErrorLike =>
  '__typename' in error;

/** What went wrong and what to do about it, in place. */
export function ErrorNotice({ error, title = 'This did not load', onRetry }: ErrorNoticeProps) {
  if (!error) return null;
  const typed = isTyped(error);
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle />}
      title={typed ? mutationErrorTitle(error.__typename) : title}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{typed ? error.message : failureMessage(error)}</Text>
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
