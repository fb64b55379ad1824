import {
  ActionIcon,
  AppShell,
  Burger,
  Button,
  Group,
  Kbd,
  Menu,
  NavLink,
  ScrollArea,
  Table,
  Text,
  Tooltip,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { Keyboard, LogOut, Search as SearchIcon, UserRound } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useFeedHints } from '../data/feed-hints.js';
import { useScope, useSession, useSignOut } from '../session/session.js';
import { useZone } from '../show/clock.js';
import { Dialog } from '../show/dialog.js';
import { Logo } from './logo.js';
import { OPERATOR_PLACES, OWNER_PLACES, type Place } from './screens.js';
import { KEYS, useShortcuts } from './shortcuts.js';
import { ThemeToggle } from './theme-toggle.js';

const Palette = lazy(() => import('./palette.js').then((module) => ({ default: module.Palette })));

/** The frame around all screens: header, navigation, keys. */
export function Shell() {
  const scope = useScope();
  const places = scope.isPortal ? OWNER_PLACES : OPERATOR_PLACES;
  const [isOpen, { toggle, close }] = useDisclosure();
  const [isHelpShown, showHelp] = useShortcuts(places);
  const [isPaletteOpen, openPalette] = useState(false);
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  useFeedHints();
  useEffect(close, [pathname, close]);
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        openPalette(true);
      }
    }
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 228, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <AppShell.Header>
        <a
          className="skip-link"
          href="#main"
          onClick={(event) => {
            event.preventDefault();
            main.current?.focus();
          }}
        >
          Skip to content
        </a>
        <Group h="100%" px="sm" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <Link
              to={`${scope.base}/`}
              aria-label="Breakwater: start"
              style={{ color: 'inherit', textDecoration: 'none' }}
            >
              <Logo isCompact />
            </Link>
            {scope.appId === null ? null : (
              <Text size="sm" className="dimmed breakable" visibleFrom="xs">
                {scope.appId}
              </Text>
            )}
          </Group>
          <Group gap={4} wrap="nowrap">
            {scope.isPortal ? null : (
              <Button
                variant="default"
                size="xs"
                leftSection={<SearchIcon size={14} aria-hidden />}
                rightSection={<Kbd size="xs">Ctrl K</Kbd>}
                onClick={() => openPalette(true)}
                visibleFrom="sm"
              >
                Search
              </Button>
            )}
            {scope.isPortal ? null : (
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                hiddenFrom="sm"
                aria-label="Search"
                onClick={() => openPalette(true)}
              >
                <SearchIcon size={18} />
              </ActionIcon>
            )}
            <ZoneToggle />
            <ThemeToggle />
            <Account onKeys={() => showHelp(true)} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Screens">
        <AppShell.Section grow component={ScrollArea}>
          {places.map((place) => (
            <NavLink
              key={place.path}
              component={Link}
              to={`${scope.base}${place.path}`}
              label={place.title}
              leftSection={<place.icon size={17} aria-hidden />}
              rightSection={<Kbd size="xs" aria-hidden>{`g ${place.key}`}</Kbd>}
              // The router would also mark the portal's home on every page below it.
              activeOptions={{ exact: true }}
              active={isWithin(pathname, scope.base, place)}
              aria-current={isWithin(pathname, scope.base, place) ? 'page' : undefined}
              variant="light"
            />
          ))}
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="main" ref={main} tabIndex={-1} style={{ outline: 'none', minWidth: 0 }}>
        <Outlet />
      </AppShell.Main>
      <Dialog opened={isHelpShown} onClose={() => showHelp(false)} title="Keys">
        <Table>
          <Table.Tbody>
            {KEYS.map(({ keys, does }) => (
              <Table.Tr key={keys}>
                <Table.Th scope="row">
                  <Kbd>{keys}</Kbd>
                </Table.Th>
                <Table.Td>{does}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Dialog>
      {isPaletteOpen ? (
        <Suspense>
          <Palette places={places} onClose={() => openPalette(false)} />
        </Suspense>
      ) : null}
    </AppShell>
  );
}

function isWithin(pathname: string, base: string, { path }: Place): boolean {
  const own = `${base}${path}`;
  return path === '/'
    ? pathname === own || pathname === base
    : pathname === own || pathname.startsWith(`${own}/`);
}

function ZoneToggle() {
  const { zone, setZone } = useZone();
  const word = zone === 'utc' ? 'UTC' : 'Local';
  return (
    <Tooltip label={zone === 'utc' ? 'Times are in UTC' : 'Times are in the zone of this computer'}>
      <Button
        variant="subtle"
        color="gray"
        size="xs"
        aria-label={`Times in ${zone === 'utc' ? 'UTC' : 'local time'}; change`}
        onClick={() => setZone(zone === 'utc' ? 'local' : 'utc')}
      >
        {word}
      </Button>
    </Tooltip>
  );
}

function Account({ onKeys }: { onKeys: () => void }) {
  const session = useSession();
  const signOut = useSignOut();
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Account">
          <UserRound size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session.data ? `${session.data.name} (${session.data.scopes.join(', ')})` : 'Not signed in'}
        </Menu.Label>
        <Menu.Item leftSection={<Keyboard size={14} aria-hidden />} onClick={onKeys}>
          Keys
        </Menu.Item>
        {session.data?.kind === 'session' ? (
          <Menu.Item leftSection={<LogOut size={14} aria-hidden />} onClick={() => void signOut()}>
            Sign out
          </Menu.Item>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
