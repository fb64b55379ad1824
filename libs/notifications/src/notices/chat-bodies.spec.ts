import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { discordBody, slackBody, webhookBody } from './chat-bodies.js';
import type { Notice } from './notice.js';

const BASE = 'https://breakwater.example/';
const notice: Notice = {
  kind: 'alert_firing',
  mood: 'problem',
  appId: 'quiz',
  capability: 'answer',
  audience: 'owner_and_admins',
  title: 'Success rate of Quiz is 80 %',
  summary: 'Less than asked for <!channel> @everyone.',
  facts: [
    { name: 'Since', value: '2026-11-24 10:00:00 UTC' },
    { name: 'App', value: '*bold* <https://evil.example|click> & co' },
  ],
  steps: [{ text: 'Look at it:', path: '/api/v1/admin/alerts' }, { text: 'Mend it.' }],
  data: { value: 80 },
  dedupeKey: 'k',
};

describe('a notice in Slack', () => {
  it('says what, since when, numbers, link and what to do, and escapes all of it', () => {
    const { text, blocks } = JSON.parse(slackBody(notice, BASE)) as {
      text: string;
      blocks: { type: string; text: { text: string } }[];
    };
    expect(text).toBe('🔴 Success rate of Quiz is 80 %');
    expect(blocks.map(({ type }) => type)).toEqual(['header', 'section', 'section', 'section']);
    const all = blocks.map((block) => block.text.text).join('\n');
    expect(all).toContain('*Since:* 2026-11-24 10:00:00 UTC');
    expect(all).toContain('1. Look at it: <https://breakwater.example/api/v1/admin/alerts>');
    expect(all).toContain('&lt;!channel&gt;');
    expect(all).not.toMatch(/<!channel>|<https:\/\/evil/);
  });
});

describe('a notice in Discord', () => {
  it('says the same and mentions nobody', () => {
    const body = JSON.parse(discordBody(notice, BASE)) as {
      allowed_mentions: object;
      embeds: { title: string; description: string; fields: { name: string; value: string }[] }[];
    };
    expect(body.allowed_mentions).toEqual({ parse: [] });
    const [embed] = body.embeds;
    expect(embed!.description).toContain('https://breakwater.example/api/v1/admin/alerts');
    expect(embed!.description).not.toContain('@everyone');
    expect(embed!.fields[1]!.value).toContain(String.raw`\*bold\*`);
  });
});

it('a notice to the platform’s callback is JSON with whole addresses', () => {
  const now = new Date('2026-11-24T10:00:00Z');
  expect(JSON.parse(webhookBody(notice, BASE, now))).toEqual({
    type: 'notice.alert_firing',
    timestamp: '2026-11-24T10:00:00.000Z',
    data: {
      mood: 'problem',
      appId: 'quiz',
      capability: 'answer',
      title: notice.title,
      summary: notice.summary,
      facts: notice.facts,
      steps: [
        { text: 'Look at it:', url: 'https://breakwater.example/api/v1/admin/alerts' },
        { text: 'Mend it.', url: null },
      ],
      details: { value: 80 },
    },
  });
});

it('stays within the limits of Slack and Discord, whatever is in it', () => {
  const text = fc.string({ unit: 'binary', maxLength: 4000 });
  const facts = fc.array(fc.record({ name: text, value: text }), { maxLength: 30 });
  fc.assert(
    fc.property(text, text, facts, (title, summary, some) => {
      const big = { ...notice, title, summary, facts: some };
      const slack = JSON.parse(slackBody(big, BASE)) as { blocks: { text: { text: string } }[] };
      expect(slack.blocks.every((block, n) => block.text.text.length <= (n === 0 ? 150 : 3000))).toBe(true);
      const { embeds } = JSON.parse(discordBody(big, BASE)) as {
        embeds: { title: string; description: string; fields: { name: string; value: string }[] }[];
      };
      const { title: shown, description, fields } = embeds[0]!;
      const total = [shown, description, ...fields.flatMap(({ name, value }) => [name, value])].join(
        '',
      ).length;
      expect(shown.length).toBeLessThanOrEqual(256);
      expect(description.length).toBeLessThanOrEqual(4096);
      expect(fields.length).toBeLessThanOrEqual(25);
      expect(
        fields.every(({ name, value }) => name.length <= 256 && value.length <= 1024 && value !== ''),
      ).toBe(true);
      expect(total).toBeLessThanOrEqual(6000);
    }),
    { numRuns: 60 },
  );
});
