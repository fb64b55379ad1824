import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blank, jsonText } from '@breakwater/testing/json-text.js';
import { readAnswer, type AppAnswer } from './app-answer.js';

const read = (text: string): AppAnswer => readAnswer({ value: JSON.parse(text), bytes: Buffer.from(text) });
const yes = (data: string) => ({ success: true, data: Buffer.from(data) });
const no = (code: string, message: string, data = 'null') => ({
  success: false,
  data: Buffer.from(data),
  error: { code, message },
});

describe("an app's answer", () => {
  it.each<[string, string, object]>([
    ['the data of an envelope', '{"success":true,"data":{"a": 1.0}}', yes('{"a": 1.0}')],
    ['an envelope without data', '{"success":true}', yes('null')],
    ['any other object', '{"id":616581622363398142}', yes('{"id":616581622363398142}')],
    [
      'an object that only looks like an envelope',
      '{"success":true,"winner":"a"}',
      yes('{"success":true,"winner":"a"}'),
    ],
    ['a success that is not a boolean', '{"success":"yes"}', yes('{"success":"yes"}')],
    ['a bare value', '1E400', yes('1E400')],
    ['null', 'null', yes('null')],
    ['a list', '[ 1 ]', yes('[ 1 ]')],
    ['the last of two', '{"data":1,"success":true,"data":2}', yes('2')],
    [
      "the app's own refusal",
      '{"success":false,"error":{"code":"FULL","message":"no seats"},"data":1e1}',
      no('FULL', 'no seats', '1e1'),
    ],
    ['a refusal without reasons', '{"success":false}', no('APP_ERROR', '')],
    ['a refusal with an odd error', '{"success":false,"error":"x"}', no('APP_ERROR', '')],
  ])('is read: %s', (_, text, expected) => expect(read(text)).toEqual(expected));

  it('is passed on as the same text in both formats, whatever JSON it is', () => {
    fc.assert(
      fc.property(jsonText, blank, (data, space) => {
        const envelope = `{${space}"success"${space}:true,"data":${space}${data}${space}}`;
        expect(String(read(envelope).data)).toBe(data);
        expect(String(read(`[${data}]`).data)).toBe(`[${data}]`);
      }),
    );
  });
});
