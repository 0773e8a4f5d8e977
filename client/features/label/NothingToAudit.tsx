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

/** Explains why there is no image to audit. */
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
        ? 'The remaining images are assigned to other people. This page continues as soon as one becomes available.'
        : 'Start an audit on the Certificate page. Its result is shown there too.'}
    </EmptyState>
  );
}
