import { describe, expect, it } from 'vitest';
import { validateManifest } from '../grammar/validate-manifest.js';
import { endpointRows } from './endpoint-row.js';

const tools = { idOf: () => undefined, newId: () => 'id', concurrency: 7, seal: () => 'sealed' };

describe('the rows of a manifest', () => {
  it.each([
    ['takes the operator’s ENDPOINT_CONCURRENCY', {}, 7],
    ['takes the manifest’s own', { concurrency: 3 }, 3],
  ])('its concurrency: %s', (_, own, expected) => {
    const verdict = validateManifest({
      name: 'App',
      ownerEmail: 'owner@example.com',
      baseUrl: 'https://app.example.com',
      webhooks: { report: { url: '/report', async: true, ...own } },
    });
    expect(verdict.ok && endpointRows(verdict.manifest, tools)[0]?.concurrency).toBe(expected);
  });
});
