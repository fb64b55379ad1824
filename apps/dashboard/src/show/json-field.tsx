import { Textarea } from '@mantine/core';

/** What a text is as JSON, or why it is none. */
export function parseJson(text: string): { value: unknown; problem: string | null } {
  try {
    return { value: JSON.parse(text) as unknown, problem: null };
  } catch (error) {
    return { value: undefined, problem: error instanceof Error ? error.message : 'This is no JSON.' };
  }
}

interface Props {
  label: string;
  description?: string;
  value: string;
  onChange: (value: string) => void;
}

/** A field for JSON that says where it is wrong. */
export function JsonField({ label, description, value, onChange }: Props) {
  const { problem } = parseJson(value);
  return (
    <Textarea
      label={label}
      description={description}
      required
      autosize
      minRows={6}
      maxRows={20}
      spellCheck={false}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.8125rem' } }}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={problem}
    />
  );
}
