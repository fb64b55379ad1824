import { Text } from '@mantine/core';
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { formatDuration, formatExact, formatRelative, type Zone } from './format.js';

interface Clock {
  zone: Zone;
  setZone: (zone: Zone) => void;
}

const ZONE_KEY = 'breakwater-time-zone';
const TICK_MS = 1000;
const ClockContext = createContext<Clock>({ zone: 'local', setZone: () => undefined });

/** Which zone times are shown in, kept in the browser. */
export function ClockProvider({ children }: { children: ReactNode }) {
  const [zone, setZone] = useState<Zone>(() => (stored() === 'utc' ? 'utc' : 'local'));
  const clock = useMemo(
    () => ({
      zone,
      setZone: (next: Zone) => {
        setZone(next);
        try {
          localStorage.setItem(ZONE_KEY, next);
        } catch {
          // Storage is blocked: the choice holds until the page is closed.
        }
      },
    }),
    [zone],
  );
  return <ClockContext value={clock}>{children}</ClockContext>;
}

function stored(): string | null {
  try {
    return localStorage.getItem(ZONE_KEY);
  } catch {
    return null;
  }
}

export function useZone(): Clock {
  return useContext(ClockContext);
}

/** The time now, renewed each second. */
export function useNow(everyMs = TICK_MS): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

type When = string | Date | null | undefined;

/** "3 min ago"; the exact time on hover and for screen readers. A dash when there is none. */
export function Time({ at, isExact = false }: { at: When; isExact?: boolean }) {
  const now = useNow();
  const { zone } = useZone();
  if (at === null || at === undefined) return <span>–</span>;
  const date = new Date(at);
  const exact = formatExact(date, zone);
  return (
    <time dateTime={date.toISOString()} title={exact} className="numbers">
      {isExact ? exact : formatRelative(date, now)}
    </time>
  );
}

/** Seconds until a moment, counted down; `done` is shown after it. */
export function Countdown({ to, done = 'now' }: { to: When; done?: string }) {
  const now = useNow();
  if (to === null || to === undefined) return <span>–</span>;
  const left = new Date(to).getTime() - now.getTime();
  return (
    <Text span inherit className="numbers">
      {left <= 0 ? done : `in ${formatDuration(Math.ceil(left / 1000) * 1000)}`}
    </Text>
  );
}
