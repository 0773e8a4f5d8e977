import { Button } from '@mantine/core';
import { IconShieldCheck, IconUsers } from '@tabler/icons-react';
import { Link } from 'react-router';
import { EmptyState } from '../../components/EmptyState';
import { LoadingPage } from '../../components/LoadingPage';
import { datasetPaths } from '../../lib/datasetPaths';
import type { AuditProgressProps } from './AuditProgress';

interface Props extends AuditProgressProps {
  exhausted: boolean;
}

/** Why no image of an audit is asked about now. */
export function NothingToAudit({ dataset, exhausted }: Props) {
  const open = dataset.certificates.some(({ status }) => status === 'AUDITING');
  if (open && !exhausted) return <LoadingPage label="Fetching images" />;
  return (
    <EmptyState
      icon={open ? IconUsers : IconShieldCheck}
      title={open ? 'Nothing for you right now' : 'No audit is open'}
      action={
        <Button component={Link} to={datasetPaths.certificate(dataset.id)}>
          Certificate
        </Button>
      }
    >
      {open
        ? 'What is left is with somebody else. This page goes on by itself as soon as one comes back.'
        : 'An audit is begun with a certificate; its verdict stands there too.'}
    </EmptyState>
  );
}
