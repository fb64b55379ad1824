import { Anchor, type AnchorProps } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** A link to another screen, by its path with filters. */
export function Go({
  to,
  children,
  ...props
}: AnchorProps & { to: string; children: ReactNode; 'aria-label'?: string }) {
  return (
    <Anchor component={Link} to={to} inherit {...props}>
      {children}
    </Anchor>
  );
}
