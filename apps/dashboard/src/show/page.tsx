import { Anchor, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';

interface Props {
  title: string;
  /** One sentence. */
  about?: ReactNode;
  /** Pages above this one, outermost first. */
  above?: readonly { title: string; to: string }[];
  /** Beside the title, such as a state. */
  mark?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame of each screen: its title is the title of the document, and has the focus after a change of screens. */
export function Page({ title, about, above, mark, actions, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Breakwater`;
  }, [title]);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <Stack gap="md">
      <Stack gap={4}>
        {above ? (
          <Breadcrumbs separator="/" fz="sm">
            {above.map((page) => (
              <Anchor key={page.to} component={Link} to={page.to} size="sm">
                {page.title}
              </Anchor>
            ))}
          </Breadcrumbs>
        ) : null}
        <Group justify="space-between" align="flex-start" gap="sm">
          <Group gap="sm">
            <Title order={1} tabIndex={-1} ref={heading} className="breakable">
              {title}
            </Title>
            {mark}
          </Group>
          <Group gap="xs">{actions}</Group>
        </Group>
        {about ? <Text className="dimmed">{about}</Text> : null}
      </Stack>
      {children}
    </Stack>
  );
}
