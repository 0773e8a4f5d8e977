import { Anchor, Progress, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { LabelPageQuery } from '../../gql/operations';
import { datasetPaths } from '../../lib/datasetPaths';
import { formatCount } from '../../lib/format';
import classes from './RunPanel.module.css';

export interface AuditProgressProps {
  dataset: Pick<NonNullable<LabelPageQuery['dataset']>, 'id' | 'certificates'>;
}

/** Shows how many images are audited. The error count stays hidden: it would reveal predictions. */
export function AuditProgress({ dataset }: AuditProgressProps) {
  const audit = dataset.certificates.find(({ status }) => status === 'AUDITING');
  return (
    <section aria-label="Audit" className={classes.panel}>
      <Stack gap={6}>
        <Text size="sm" className="tabular" truncate>
          {audit ? (
            <>
              <Text span fw={600}>
                {formatCount(audit.audited)} of {formatCount(audit.needed)}
              </Text>{' '}
              audited
            </>
          ) : (
            'No audit is open'
          )}
          {' · '}
          <Anchor component={Link} to={datasetPaths.certificate(dataset.id)} size="sm">
            Certificate
          </Anchor>
        </Text>
        {audit && (
          <Progress
            value={audit.needed > 0 ? (100 * audit.audited) / audit.needed : 0}
            size="sm"
            aria-label="Audited"
            transitionDuration={200}
          />
        )}
      </Stack>
    </section>
  );
}
