import { Button, type ButtonProps } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** A link to another screen that looks like a button. */
export function GoButton({
  to,
  icon,
  children,
  ...props
}: ButtonProps & { to: string; icon?: ReactNode; children: ReactNode }) {
  return (
    <Button component={Link} to={to} variant="default" size="xs" leftSection={icon} {...props}>
      {children}
    </Button>
  );
}
