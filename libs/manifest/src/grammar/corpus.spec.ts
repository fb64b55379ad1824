import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { corpus } from './corpus.spec-data.js';
import { manifestJsonSchema } from './manifest-json-schema.js';
import { validateManifest } from './validate-manifest.js';

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
addFormats.default(ajv);
const matches = ajv.compile(manifestJsonSchema());

describe('the corpus of manifests', () => {
  it.each(corpus.map((item) => [item.problem ? 'bad' : 'good', item.title, item] as const))(
    '%s: %s (validator)',
    (_, _title, { document, problem }) => {
      const verdict = validateManifest(document);
      if (!problem) return expect(verdict).toMatchObject({ ok: true });
      const [pointer, rule] = problem;
      const found = verdict.ok
        ? []
        : verdict.problems.map((each) => ({ pointer: each.pointer, rule: each.rule }));

      expect(found).toContainEqual({ pointer, rule });
    },
  );

  it.each(corpus.map((item) => [item.problem ? 'bad' : 'good', item.title, item] as const))(
    '%s: %s (JSON Schema)',
    (_, _title, { document, problem }) => {
      expect({ matches: matches(document), errors: problem ? null : matches.errors }).toEqual({
        matches: !problem,
        errors: null,
      });
    },
  );

  it('holds at least 60 manifests', () => expect(corpus.length).toBeGreaterThanOrEqual(60));
});
