import { plainText } from '../plain-text.js';
import type { LocalResult } from './local-call.service.js';

/** One request that this machine got. */
export interface Handled {
  kind: 'event' | 'call';
  /** Event type or capability. */
  type: string;
  /** Of the delivery. */
  id: string;
  method: string;
  path: string;
  result: LocalResult;
  /** Sent again by a person. */
  isAgain: boolean;
}

/** The connection, as it is. */
export type ConnectionState =
  | { state: 'connecting'; url: string }
  | { state: 'listening'; appId: string; answersCalls: boolean }
  | { state: 'lost'; reason: string; at: Date }
  | { state: 'resumed'; afterMs: number; missed: number }
  | { state: 'slept'; forMs: number }
  | { state: 'replaced'; by: string }
  | { state: 'answering' };

export function stateLine(state: ConnectionState): string {
  switch (state.state) {
    case 'connecting':
      return `connecting to ${plainText(state.url)}`;
    case 'listening':
      return `listening for ${plainText(state.appId)}: ${state.answersCalls ? 'events and sync calls' : 'events'}`;
    case 'lost':
      return `connection lost at ${timeOf(state.at)} (${plainText(state.reason)}), connecting again`;
    case 'resumed':
      return `connected again after ${durationText(state.afterMs)}: ${counted(state.missed)} meanwhile`;
    case 'slept':
      return `this machine was asleep for ${durationText(state.forMs)}, connecting again`;
    case 'replaced':
      return `sync calls go to ${plainText(state.by)}, who began to listen later`;
    case 'answering':
      return 'sync calls come here again';
  }
}

/** time, type, method, path, then what this machine answered. */
export function handledLine({ kind, type, method, path, result, isAgain }: Handled, at: Date): string {
  const again = isAgain ? ' again' : '';
  const what = `${kind}${again}  ${plainText(type)}  ${plainText(method)} ${plainText(path)}`;
  return `${timeOf(at)}  ${what}  ${resultText(result)}`;
}

export function resultText(result: LocalResult): string {
  const took = `${Math.round(result.durationMs)} ms`;
  switch (result.kind) {
    case 'answered':
      return `${result.status} in ${took}`;
    case 'too_large':
      return `${result.status}, answer longer than 1 MiB, in ${took}`;
    case 'failed':
      return `no answer: ${plainText(result.code)} ${plainText(result.message)} (${took})`;
  }
}

/** The same as a JSON object of one line. */
export function handledJson({ kind, type, id, method, path, result, isAgain }: Handled, at: Date): string {
  const { durationMs } = result;
  const answered =
    result.kind === 'failed'
      ? { error: { code: result.code, message: result.message } }
      : { status: result.status };
  return JSON.stringify({
    at,
    kind,
    type,
    id,
    method,
    path,
    ...answered,
    ms: Math.round(durationMs),
    ...(isAgain ? { again: true } : {}),
  });
}

export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

function counted(items: number): string {
  return items === 1 ? '1 event' : `${items} events`;
}

function timeOf(at: Date): string {
  return at.toTimeString().slice(0, 8);
}
