import {
  PRESETS,
  takesSecret,
  type CaptureRow,
  type CaptureStory,
  type Preset,
  type Scheme,
  type SourceView,
} from '@breakwater/inbound';
import { targetOfName, type SubscriptionView } from '@breakwater/manifest';
import type { CaptureDto, CaptureStoryDto } from './capture.dto.js';
import type { SourceDto, SourceSetupDto, TargetViewDto } from './source.dto.js';
import type { SourcePresetDto } from './source-preset.dto.js';

export function presentSource({ targets, verification, ...source }: SourceView): SourceDto {
  return {
    ...source,
    verification: { ...verification },
    setup: setupOf(PRESETS.get(String(verification['preset']))),
    targets: targets.map(presentTarget),
  };
}

export function presentPreset({ name, title, docs, scheme, setup, ...preset }: Preset): SourcePresetDto {
  const { secretHint, note = null, dedupeId = [], handshakes = [], checkedWith } = preset;
  const options = Object.entries(setup.options ?? {});
  return {
    name,
    title,
    docs,
    where: setup.where,
    paste: setup.paste,
    takesSecret: takesSecret(scheme),
    secretHint,
    options: options.map(([option, description]) => ({ name: option, description })),
    toleranceSeconds: toleranceOf(scheme),
    dedupeId: [dedupeId].flat().map((from) => ({ ...from })),
    handshakes: [...handshakes],
    note,
    checkedWith: checkedWith === 'vectors' ? null : checkedWith.library,
  };
}

export function presentCapture(row: CaptureRow): CaptureDto {
  return row;
}

export function presentCaptureStory({
  sourceId: _,
  headers,
  body,
  duplicates,
  ...row
}: CaptureStory): CaptureStoryDto {
  return {
    ...row,
    headers: headers?.map(([name, value]) => ({ name, value })) ?? null,
    bodyBase64: body?.toString('base64') ?? null,
    bodyText: body && textOf(body),
    duplicates: duplicates.map(presentCapture),
  };
}

function presentTarget({
  appId: _app,
  events: _events,
  managedBy: _by,
  ...view
}: SubscriptionView): TargetViewDto {
  return { ...view, name: targetOfName(view.name), subscription: view.name };
}

function setupOf(preset: Preset | undefined): SourceSetupDto | null {
  if (!preset) return null;
  const { title, docs, setup, secretHint, note = null } = preset;
  return { title, docs, where: setup.where, paste: setup.paste, secretHint, note };
}

function toleranceOf(scheme: Scheme): number | null {
  if (scheme.kind === 'shared') return null;
  return (scheme.kind === 'jwt' ? scheme.maxAgeS : scheme.timestamp?.toleranceS) ?? null;
}

/** Null if the bytes are not UTF-8. */
function textOf(body: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
}
