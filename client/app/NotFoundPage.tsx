import { Button } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconMapOff } from '@tabler/icons-react';
import { Link } from 'react-router';
import { EmptyState } from '../components/EmptyState';

export function NotFoundPage({ what = 'page' }: { what?: string }) {
  useDocumentTitle('Not found · Labelloop');
  return (
    <EmptyState
      icon={IconMapOff}
      title={`There is no such ${what}`}
      action={
        <Button component={Link} to="/" variant="light">
          Go to the datasets
        </Button>
      }
    >
      It may have been removed, or the address is not complete.
    </EmptyState>
  );
}
