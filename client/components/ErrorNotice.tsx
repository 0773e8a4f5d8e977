import { Alert, Button, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { failureMessage, type MutationErrorLike, mutationErrorTitle } from '../lib/mutationErrors';

export interface ErrorNoticeProps {
  /** A payload's typed error or an exception. Without it nothing is drawn. */
  error: MutationErrorLike | Error | null | undefined;
  /** Heading for exceptions. Typed errors have their own heading. */
  title?: string;
  /** Adds a "Try again" button. */
  onRetry?: () => void;
}

const isTyped = (error: MutationErrorLike | Error): error is MutationErrorLike =>
  '__typename' in error;

/** Shows what went wrong and what to do next. */
export function ErrorNotice({ error, title = 'Loading failed', onRetry }: ErrorNoticeProps) {
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
