import { Group, List, Text, UnstyledButton } from '@mantine/core';
import { plural } from '../../show/format.js';
import { StateBadge } from '../../show/state-badge.js';
import type { Checked } from './use-manifest-check.js';

/** Every problem and every warning; each leads to its place in the text. */
export function Findings({
  checked,
  text,
  onJump,
}: {
  checked: Checked;
  text: string;
  onJump: (offset: number) => void;
}) {
  const errors = checked.findings.filter(({ isWarning }) => !isWarning).length;
  const warnings = checked.findings.length - errors;
  return (
    <div role="status" aria-live="polite">
      <Group gap="xs" mb="xs">
        {checked.isCurrent ? (
          <StateBadge
            state={errors > 0 ? 'failed' : 'ok'}
            word={errors > 0 ? plural(errors, 'problem') : 'valid'}
          />
        ) : (
          <StateBadge state="pending" word="checking" />
        )}
        {warnings > 0 ? <StateBadge state="warning" word={plural(warnings, 'warning')} /> : null}
      </Group>
      <List spacing={4} size="sm" listStyleType="none" p={0}>
        {checked.findings.map((finding) => (
          <List.Item key={`${finding.pointer} ${finding.message} ${finding.from}`}>
            <UnstyledButton fz="sm" ta="left" onClick={() => onJump(finding.from)} className="breakable">
              <Text
                span
                fz="sm"
                fw={600}
                style={{ color: `var(--tone-${finding.isWarning ? 'warning' : 'danger'})` }}
              >
                {`${finding.isWarning ? 'Warning' : 'Problem'}, line ${lineOf(text, finding.from)}: `}
              </Text>
              {finding.pointer ? <span className="mono">{`${finding.pointer} `}</span> : null}
              {finding.message}
            </UnstyledButton>
          </List.Item>
        ))}
      </List>
    </div>
  );
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
