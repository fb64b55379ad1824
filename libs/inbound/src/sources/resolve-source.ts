import { inboundType } from '@breakwater/filter';
import type { Preset } from '../presets/preset.js';
import type { VerificationOptions } from '../verification/verification.js';
import {
  DEFAULT_ANSWER,
  NO_DEDUPE,
  NO_VERIFICATION,
  type DedupeSetting,
  type ResolvedSource,
  type SourceAnswer,
  type SourceVerification,
} from './source.js';

/** The row of a source with the row of one of its keys. */
export interface SourceRecord {
  id: string;
  appId: string;
  name: string;
  verification: SourceVerification;
  answer: SourceAnswer | null;
  dedupe: DedupeSetting;
  isPaused: boolean;
  keyExpiresAt: Date | null;
}

/** Its secrets in plain text, the newest first. */
export type OpenedSecrets = Pick<ResolvedSource, 'secrets' | 'expiredSecrets' | 'problem'>;

/** Combines the row of a source with its secrets and its preset; pure. */
export function resolveSource(
  record: SourceRecord,
  opened: OpenedSecrets,
  presetNamed: (name: string) => Preset | null,
): ResolvedSource {
  const { id, appId, name, verification, dedupe, isPaused, keyExpiresAt } = record;
  const presetName = 'scheme' in verification ? null : verification.preset;
  const preset = presetName === null ? null : presetNamed(presetName);
  const isUnknown = presetName !== null && presetName !== NO_VERIFICATION && preset === null;
  return {
    id,
    appId,
    name,
    eventType: inboundType(name),
    preset,
    scheme:
      'scheme' in verification ? (verification.scheme as ResolvedSource['scheme']) : (preset?.scheme ?? null),
    options: optionsOf(verification),
    handshakes: preset?.handshakes ?? [],
    ...opened,
    problem: isUnknown ? `this version has no preset "${presetName}"` : opened.problem,
    dedupeId: dedupe === NO_DEDUPE ? null : (dedupe ?? preset?.dedupeId ?? null),
    answer: record.answer ?? preset?.answer ?? DEFAULT_ANSWER,
    isPaused,
    key: keyExpiresAt === null ? { state: 'current' } : { state: 'old', expiresAt: keyExpiresAt },
  };
}

/** The options of a verification, in the form that the engine takes. */
export function optionsOf(verification: SourceVerification): VerificationOptions {
  const { preset: _preset, scheme: _scheme, toleranceSeconds, ...rest } = verification;
  const values = Object.entries(rest).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    ...(toleranceSeconds === undefined ? {} : { toleranceS: toleranceSeconds }),
    values: Object.fromEntries(values),
  };
}
