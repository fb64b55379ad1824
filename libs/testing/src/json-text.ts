import fc from 'fast-check';

/** White space between the parts of a JSON text. */
export const blank: fc.Arbitrary<string> = fc.stringMatching(/^[ \t\r\n]{0,3}$/);

const number = fc.stringMatching(/^-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?$/);

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((value) => JSON.stringify(value)),
  fc.stringMatching(/^([a-z{}[\]:, ]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4}){0,8}$/).map((inside) => `"${inside}"`),
);

const scalar = fc.oneof(number, text, fc.constantFrom('true', 'false', 'null'));

const { value } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('list'), tie('object')),
  list: fc
    .array(fc.tuple(blank, tie('value'), blank), { maxLength: 4 })
    .map((items) => `[${items.map((parts) => parts.join('')).join(',')}]`),
  object: fc
    .array(fc.tuple(blank, text, blank, tie('value'), blank), { maxLength: 4 })
    .map((all) => `{${all.map(([a, key, b, item, c]) => `${a}${key}${b}:${b}${item}${c}`).join(',')}}`),
}));

/** Any JSON text: numbers beyond double precision, any spelling of a string, repeated keys, white space inside. */
export const jsonText: fc.Arbitrary<string> = value;
