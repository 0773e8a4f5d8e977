import { Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import {
  type Icon,
  IconCertificate,
  IconChartLine,
  IconChecks,
  IconEyeCheck,
  IconFileExport,
  IconLayoutDashboard,
  IconPhoto,
  IconTag,
  IconTags,
  IconUpload,
  IconUsers,
} from '@tabler/icons-react';
import { NavLink } from 'react-router';
import { datasetPaths } from '../lib/datasetPaths';
import classes from './DatasetNav.module.css';

const entries: { to: keyof typeof datasetPaths & PlainPath; label: string; icon: Icon }[] = [
  { to: 'overview', label: 'Overview', icon: IconLayoutDashboard },
  { to: 'label', label: 'Label', icon: IconTag },
  { to: 'confirm', label: 'Confirm', icon: IconChecks },
  { to: 'review', label: 'Review', icon: IconEyeCheck },
  { to: 'images', label: 'Images', icon: IconPhoto },
  { to: 'upload', label: 'Upload', icon: IconUpload },
  { to: 'classes', label: 'Classes', icon: IconTags },
  { to: 'runs', label: 'Runs', icon: IconChartLine },
  { to: 'certificate', label: 'Certificate', icon: IconCertificate },
  { to: 'annotators', label: 'Annotators', icon: IconUsers },
  { to: 'export', label: 'Export', icon: IconFileExport },
];

type PlainPath = Exclude<keyof typeof datasetPaths, 'run' | 'similar' | 'compare' | 'confused'>;

/** Links to the pages of a dataset. On a narrow screen the names are in tooltips. */
export function DatasetNav({ datasetId }: { datasetId: string }) {
  const isRail = useMediaQuery('(min-width: 48em) and (max-width: 74.99em)');
  return (
    <nav aria-label="Dataset">
      <ul className={classes.list}>
        {entries.map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <Tooltip label={label} position="right" disabled={!isRail}>
              <NavLink
                to={datasetPaths[to](datasetId)}
                end={to === 'overview'}
                className={classes.link ?? ''}
              >
                <Icon size={18} stroke={1.7} aria-hidden />
                <span className={classes.label}>{label}</span>
              </NavLink>
            </Tooltip>
          </li>
        ))}
      </ul>
    </nav>
  );
}
