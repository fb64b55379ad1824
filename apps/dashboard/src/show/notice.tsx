import { Alert } from '@mantine/core';
import { CircleAlert, CircleCheck, Info, ShieldAlert, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Tone } from './state-badge.js';

const ICONS: Record<Tone, LucideIcon> = {
  ok: CircleCheck,
  warning: ShieldAlert,
  danger: CircleAlert,
  neutral: Info,
  info: Info,
};

interface Props {
  tone: Tone;
  title: string;
  /** `alert` is read out at once. */
  role?: 'alert' | 'status';
  children?: ReactNode;
}

/** Something to know before reading on, in a tone that is legible in both themes. */
export function Notice({ tone, title, role, children }: Props) {
  const Icon = ICONS[tone];
  return (
    <Alert
      variant="outline"
      p="sm"
      title={title}
      {...(role ? { role } : {})}
      icon={<Icon aria-hidden />}
      styles={{
        root: { borderColor: `var(--tone-${tone})`, backgroundColor: 'var(--mantine-color-body)' },
        title: { color: `var(--tone-${tone})` },
        icon: { color: `var(--tone-${tone})` },
      }}
    >
      {children}
    </Alert>
  );
}
