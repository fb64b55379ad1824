import { describe, expect, it } from 'vitest';
import { documentOf, settingsOf, withChanges } from './source-document.js';
import type { SourceView } from './source-view.js';

const view = (more: Partial<SourceView>) =>
  ({
    description: null,
    verification: { preset: 'github' },
    answer: null,
    dedupeId: null,
    ...more,
  }) as SourceView;

describe('a source as its owner writes it', () => {
  it('has no member that is a default', () => {
    expect(documentOf(view({}))).toEqual({ verification: { preset: 'github' } });
  });

  it.each([
    [{ description: 'Builds' }, { description: 'Builds' }],
    [{ dedupeId: 'none' as const }, { dedupeId: 'none' }],
    [{ answer: { status: 204, contentType: null, body: '' } }, { answer: { status: 204, body: '' } }],
    [
      { answer: { status: 200, contentType: 'text/plain', body: 'ok' } },
      { answer: { status: 200, contentType: 'text/plain', body: 'ok' } },
    ],
  ])('has %j', (more, expected) => expect(documentOf(view(more))).toMatchObject(expected));

  it('keeps what a change leaves out, and loses what is null', () => {
    const document = { verification: { preset: 'github' }, description: 'Builds', dedupeId: 'none' };
    expect(
      withChanges(document, { description: undefined, dedupeId: null, answer: { status: 201 } }),
    ).toEqual({
      verification: { preset: 'github' },
      description: 'Builds',
      answer: { status: 201 },
    });
  });

  it('is stored with its defaults as null', () => {
    expect(settingsOf({ verification: { preset: 'none' } })).toEqual({
      description: null,
      verification: { preset: 'none' },
      answer: null,
      dedupe: null,
    });
    expect(settingsOf({ verification: { preset: 'none' }, answer: { body: 'ok' } }).answer).toEqual({
      status: 200,
      contentType: 'text/plain; charset=utf-8',
      body: 'ok',
    });
  });
});
