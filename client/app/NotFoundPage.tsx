import { Button } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconMapOff } from '@tabler/icons-react';
import { Link } from 'react-router';
import { EmptyState } from '../components/EmptyState';

export function NotFoundPage({ what = 'Page' }: { what?: string }) {
  useDocumentTitle('Not found · Labelloop');
  return (
    <EmptyState
      icon={IconMapOff}
      title={`${what} not found`}
      action={
        <Button component={Link} to="/" variant="light">
          Show datasets
        </Button>
      }
    >
      It may have been deleted, or the address is incomplete.
    </EmptyState>
  );
}
