import { describe, expect, it } from 'vitest';
import { editText } from './edit-text.js';

describe('a change of a rule', () => {
  it.each([
    [
      { action: 'alert_rule.update', detail: { threshold: 95, enabled: false } },
      'changed: threshold 95, switched on no',
    ],
    [
      { action: 'alert_rule.update', detail: { enabled: true, channels: [] } },
      'changed: switched on yes, channels all',
    ],
    [
      { action: 'alert_rule.update', detail: { channels: ['email', 'slack'] } },
      'changed: channels email and slack',
    ],
    [{ action: 'alert_rule.mute', detail: { until: null, more: 1 } }, 'muted: until none'],
    [{ action: 'alert_rule.delete', detail: null }, 'deleted'],
    [{ action: 'alert_rule.other', detail: { name: { a: 1 } } }, 'alert_rule.other: name {"a":1}'],
  ])('%o', (entry, text) => {
    expect(editText(entry)).toBe(text);
  });
});
