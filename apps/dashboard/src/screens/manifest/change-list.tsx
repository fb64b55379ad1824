import { List, SimpleGrid, Stack, Text } from '@mantine/core';
import { CodeView } from '../../show/code-view.js';
import { StateBadge, type Tone } from '../../show/state-badge.js';
import type { Change, PartChange } from './changes.js';

const TONES: Record<Change, Tone> = { added: 'ok', changed: 'warning', removed: 'danger' };
const WORDS: Record<PartChange['kind'], string> = {
  webhook: 'Webhook',
  subscription: 'Subscription',
  setting: 'Setting',
};

/** What registering would do, part by part, with the text before and after. */
export function ChangeList({ changes }: { changes: readonly PartChange[] }) {
  if (changes.length === 0) return <Text size="sm">Nothing differs from the manifest in force.</Text>;
  return (
    <List listStyleType="none" spacing="sm" p={0}>
      {changes.map(({ kind, name, change, before, after }) => (
        <List.Item key={`${kind} ${name}`}>
          <details>
            <summary>
              <StateBadge state={change} tone={TONES[change]} /> {WORDS[kind]}{' '}
              <span className="mono breakable">{name}</span>
            </summary>
            <SimpleGrid cols={{ base: 1, sm: before && after ? 2 : 1 }} mt="xs">
              {before === undefined ? null : (
                <Stack gap={2}>
                  <CodeView what={`${name} now`} text={before} note="In force" />
                </Stack>
              )}
              {after === undefined ? null : (
                <Stack gap={2}>
                  <CodeView what={`${name} in the draft`} text={after} note="Draft" />
                </Stack>
              )}
            </SimpleGrid>
          </details>
        </List.Item>
      ))}
    </List>
  );
}
