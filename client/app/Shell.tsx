import { AppShell, Burger, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { Link, Outlet, useLocation, useParams } from 'react-router';
import { Logo } from '../components/Logo';
import { OutboxState } from '../components/OutboxState';
import { ColorSchemeToggle } from './ColorSchemeToggle';
import { DatasetNav } from './DatasetNav';
import { PersonMenu } from './PersonMenu';
import { ShellSlot } from './shellSlot';
import classes from './Shell.module.css';

/** Draws the header, the navigation of the open dataset and the page. */
export function Shell() {
  const { datasetId } = useParams();
  const [opened, nav] = useDisclosure();
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  const main = useFocusOnNavigation(nav.close);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={
        datasetId
          ? {
              width: { base: 220, sm: 56, lg: 192 },
              breakpoint: 'sm',
              collapsed: { mobile: !opened },
            }
          : undefined
      }
      padding={0}
    >
      <a className={classes.skip} href="#page">
        Skip to content
      </a>
      <AppShell.Header className={classes.header}>
        {datasetId && (
          <Burger
            opened={opened}
            onClick={nav.toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={opened ? 'Close navigation' : 'Open navigation'}
          />
        )}
        <Link to="/" className={classes.home} aria-label="Labelloop: all datasets">
          <Logo />
          <span className={classes.wordmark}>Labelloop</span>
        </Link>
        <div ref={setSlot} className={classes.slot} />
        <Group gap={4} wrap="nowrap">
          <OutboxState />
          <ColorSchemeToggle />
          <PersonMenu />
        </Group>
      </AppShell.Header>
      {datasetId && (
        <AppShell.Navbar className={classes.navbar}>
          <DatasetNav datasetId={datasetId} />
        </AppShell.Navbar>
      )}
      <AppShell.Main id="page" ref={main} tabIndex={-1} className={classes.main}>
        <ShellSlot value={slot}>
          <Outlet />
        </ShellSlot>
      </AppShell.Main>
    </AppShell>
  );
}

/**
 * Focuses a new page, so that keys and screen readers start there, and closes the navigation
 * drawer.
 */
function useFocusOnNavigation(close: () => void) {
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    close();
    if (!isFirst.current) main.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [pathname, close]);
  return main;
}
