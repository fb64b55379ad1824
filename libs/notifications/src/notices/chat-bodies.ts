import { linkTo } from './link-to.js';
import type { Notice } from './notice.js';

/** Slack allows 3000 characters in a section and 150 in a header. */
const SLACK_SECTION_MAX = 2900;
const SLACK_HEADER_MAX = 150;
/** Discord's limits of an embed, and 6000 for all of it. */
const DISCORD = { title: 256, description: 3000, name: 256, value: 700, fields: 10 };

const SIGNS = { problem: '🔴', recovery: '🟢', information: '🔵' } as const;
const COLOURS = { problem: 0xd64545, recovery: 0x3f9142, information: 0x2186eb } as const;

/** The format of Slack's incoming webhooks. Texts of apps are escaped. */
export function slackBody(notice: Notice, baseUrl: string): string {
  const { mood, title, summary, facts, steps } = notice;
  const lines = [
    facts.map(({ name, value }) => `*${slackText(name)}:* ${slackText(value)}`),
    steps.map(
      ({ text, path }, n) => `${n + 1}. ${slackText(text)}${path ? ` <${linkTo(baseUrl, path)}>` : ''}`,
    ),
  ];
  const sections = [[slackText(summary)], ...lines].map((part) => cut(part.join('\n'), SLACK_SECTION_MAX));
  return JSON.stringify({
    text: cut(slackText(`${SIGNS[mood]} ${title}`), SLACK_HEADER_MAX),
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: cut(`${SIGNS[mood]} ${title}`, SLACK_HEADER_MAX) },
      },
      ...sections
        .filter((text) => text !== '')
        .map((text) => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } })),
    ],
  });
}

/** The format of Discord's webhooks; mentions in texts have no effect. */
export function discordBody(notice: Notice, baseUrl: string): string {
  const { mood, title, summary, facts, steps } = notice;
  const todo = steps.map(
    ({ text, path }, n) => `${n + 1}. ${discordText(text)}${path ? ` ${linkTo(baseUrl, path)}` : ''}`,
  );
  return JSON.stringify({
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: cut(`${SIGNS[mood]} ${discordText(title)}`, DISCORD.title),
        description: cut(`${discordText(summary)}\n\n${todo.join('\n')}`, DISCORD.description),
        color: COLOURS[mood],
        fields: facts.slice(0, DISCORD.fields).map(({ name, value }) => ({
          name: cut(discordText(name), DISCORD.name),
          value: cut(discordText(value) || '–', DISCORD.value / facts.length > 250 ? DISCORD.value : 250),
          inline: value.length < 40,
        })),
      },
    ],
  });
}

/** For machines: the notice as it is, with whole URLs. */
export function webhookBody(notice: Notice, baseUrl: string, now: Date): string {
  const { kind, mood, appId, capability, title, summary, facts, steps, data } = notice;
  return JSON.stringify({
    type: `notice.${kind}`,
    timestamp: now.toISOString(),
    data: {
      mood,
      appId,
      capability,
      title,
      summary,
      facts,
      steps: steps.map(({ text, path }) => ({
        text,
        url: path === undefined ? null : linkTo(baseUrl, path),
      })),
      details: data,
    },
  });
}

/** Slack interprets &, < and >, and marks inside words as formatting. */
function slackText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[*_~`]/g, '\u200b$&');
}

function discordText(text: string): string {
  return text.replaceAll(/[\\*_~`|>[\]()#]/g, String.raw`\$&`).replaceAll('@', '@\u200b');
}

function cut(text: string, length: number): string {
  const whole = text.toWellFormed();
  return whole.length <= length ? whole : `${whole.slice(0, length - 1).toWellFormed()}…`;
}
