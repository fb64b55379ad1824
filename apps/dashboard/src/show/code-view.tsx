import { ActionIcon, Box, CopyButton, Group, ScrollArea, Text, Tooltip } from '@mantine/core';
import { Check, Copy } from 'lucide-react';
import type { ReactNode } from 'react';

/** A button that copies a text, and says that it did. */
export function Copied({ text, what }: { text: string; what: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : `Copy ${what}`}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            onClick={copy}
            aria-label={copied ? `${what} copied` : `Copy ${what}`}
          >
            {copied ? <Check size={14} /> : <Copy size={14} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

interface Props {
  /** Name for screen readers, and of what is copied: "request body". */
  what: string;
  text: string;
  /** Beside it, such as the size, or that it was cut. */
  note?: ReactNode;
  maxHeight?: number;
}

/** A text of a program, as it is: never as HTML. */
export function CodeView({ what, text, note, maxHeight = 360 }: Props) {
  return (
    <Box style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 6 }}>
      <Group justify="space-between" px="xs" py={2} wrap="nowrap">
        <Text size="xs" className="dimmed">
          {note ?? what}
        </Text>
        <Copied text={text} what={what} />
      </Group>
      <ScrollArea.Autosize
        mah={maxHeight}
        type="auto"
        viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': what }}
      >
        <pre
          className="mono breakable"
          style={{ margin: 0, padding: '4px 12px 12px', whiteSpace: 'pre-wrap' }}
        >
          {text}
        </pre>
      </ScrollArea.Autosize>
    </Box>
  );
}

/** JSON with indentation; any other text as it is. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
