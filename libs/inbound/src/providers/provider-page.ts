import type { Condition, Handshake } from '../handshakes/handshake.js';
import { HANDSHAKES } from '../handshakes/handshakes.js';
import { PRESETS } from '../presets/index.js';
import type { Preset } from '../presets/preset.js';
import type { From } from '../verification/scheme.js';
import { describeAge, describeScheme, place } from './describe-scheme.js';
import type { Family } from './families.js';

/** The presets of a family, in the order of its page. */
export function presetsOf({ presets }: Family): Preset[] {
  return presets.flatMap((name) => PRESETS.get(name) ?? []);
}

/** One page of docs/guides/providers, not yet formatted. */
export function providerPage(family: Family, presets: readonly Preset[]): string {
  const head = [
    `# Webhooks of ${family.title}`,
    '',
    '<!-- Made from libs/inbound/src/presets by `npm run docs:providers`: change it there. -->',
    '',
    family.intro,
    '',
    'For each provider: create a source with the preset, paste its address at the provider, and the secret at the source.',
    '[Receive webhooks of others](../inbound.md) shows how, and what happens to a request.',
    '',
  ];
  return [...head, ...presets.flatMap(section)].join('\n');
}

function section(preset: Preset): string[] {
  const { title, name, scheme, setup, secretHint, docs, note } = preset;
  const rows: [string, string][] = [
    ['Preset', `\`${name}\``],
    ['Where', setup.where],
    ['Paste', setup.paste],
    ['Secret', secretHint],
    ...options(preset),
    ['Verified by', describeScheme(scheme)],
    ['May be old', describeAge(scheme)],
    ['A repeat has the same', repeat(preset)],
    ['Handshake', handshake(preset)],
    ['Answer', answers(preset)],
    ['Checked with', checked(preset)],
    ["Provider's page", `<${docs}>`],
  ];
  return [
    `## ${title}`,
    '',
    '| | |',
    '| --- | --- |',
    ...rows.map(([what, text]) => `| ${what} | ${text.replaceAll('|', String.raw`\|`)} |`),
    '',
    ...(note ? [note, ''] : []),
  ];
}

function options({ setup }: Preset): [string, string][] {
  return Object.entries(setup.options ?? {}).map(([name, what]) => [`Option \`${name}\``, what]);
}

function repeat({ dedupeId }: Preset): string {
  if (!dedupeId) return 'nothing that could be compared: each request is an event';
  const places: readonly From[] = Array.isArray(dedupeId) ? dedupeId : [dedupeId as From];
  return places.map(place).join(', and ');
}

function handshake({ handshakes = [] }: Preset): string {
  const rules: readonly Handshake[] = handshakes.flatMap((name) => HANDSHAKES[name] as readonly Handshake[]);
  return rules.length === 0 ? 'none' : [...new Set(rules.map(describeHandshake))].join('; ');
}

function describeHandshake(rule: Handshake): string {
  const { challenge, verified, verifyToken, learns, follow, proof, answer } = rule;
  const replies = [
    ...(challenge && !learns ? [proof ? 'signed and sent back' : 'sent back'] : []),
    ...(learns === 'secret' ? ['sent back, and stored as the secret'] : []),
    ...(learns === 'token' ? ['shown in the list of captured requests'] : []),
    ...(follow ? ['agreed to by a call of the URL in it'] : []),
  ];
  const conditions = [
    ...(verified ? [', if its signature is right'] : []),
    ...(verifyToken ? [`, if ${place(verifyToken.from)} is the source's verify token`] : []),
  ];
  const reply = replies.length > 0 ? replies.join(', ') : `answered with ${answer.status}`;
  return `${asked(rule)}: ${reply}${conditions.join('')}`;
}

/** What a challenge looks like. */
function asked({ method, challenge, when = [] }: Handshake): string {
  if (challenge) return `${method} with ${place(challenge.from)}`;
  const sign = when.map(conditionOf).find((text) => text !== null);
  return sign ? `${method} where ${sign}` : method;
}

function conditionOf(condition: Condition): string | null {
  if ('empty' in condition) return `\`${condition.empty}\` of the body is empty`;
  if ('absent' in condition) return null;
  const { at, is } = condition;
  return is === undefined ? `${place(at)} is there` : `${place(at)} is \`${is}\``;
}

function answers({ answer, answers: wanted = 'any 2xx' }: Preset): string {
  return answer ? `${wanted}. Breakwater answers ${answer.status} without a body by itself` : wanted;
}

function checked({ checkedWith }: Preset): string {
  if (checkedWith === 'vectors')
    return "our own vectors, made from the provider's page: no library of the provider was used";
  return `requests that \`${checkedWith.library}\` signs or accepts`;
}
