import { describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE } from '../errors/catalogue.js';
import { codesByStatus, type OperationFacts } from './problem-responses.js';

const bare: OperationFacts = {
  isPublic: true,
  hasPathParameters: false,
  hasCursor: false,
  hasAppInQuery: false,
  hasBody: false,
  method: 'get',
  ownCodes: [],
};
const statuses = (facts: Partial<OperationFacts>): number[] => [
  ...codesByStatus({ ...bare, ...facts }, ERROR_CATALOGUE).keys(),
];

describe('the problems of an operation', () => {
  it.each<[string, Partial<OperationFacts>, number[]]>([
    ['without a key', {}, [400, 431, 500]],
    ['with a key', { isPublic: false }, [400, 401, 403, 429, 431, 500, 503]],
    ['with a parameter in its path', { hasPathParameters: true }, [400, 404, 431, 500]],
    ['with an app in its query', { hasAppInQuery: true }, [400, 404, 431, 500]],
    ['with a body', { method: 'post', hasBody: true }, [400, 413, 415, 431, 500]],
    ['with codes of its own', { ownCodes: ['APP_TIMEOUT', 'SSRF_BLOCKED'] }, [400, 422, 431, 500, 504]],
  ])('%s', (_, facts, expected) => expect(statuses(facts)).toEqual(expected));

  it('share a status by their codes, in order', () => {
    const facts = { ...bare, hasCursor: true, ownCodes: ['MANIFEST_INVALID'] };
    expect(codesByStatus(facts, ERROR_CATALOGUE).get(400)).toEqual([
      'CURSOR_INVALID',
      'INPUT_INVALID',
      'MANIFEST_INVALID',
    ]);
  });

  it('are in the catalogue', () => {
    expect(() => codesByStatus({ ...bare, ownCodes: ['NO_SUCH_CODE'] }, ERROR_CATALOGUE)).toThrow(
      /NO_SUCH_CODE/,
    );
  });
});
