import type { Problem } from '@breakwater/platform';
import { POINTER } from './json-pointer.js';
import { isObject, list, object, oneOf, problemsOf, record, text, whole, type Check } from './shape.js';
import { HEADER_NAME, isOptionName, OPTION_NAME_RULE, placeholdersOf, templateProblem } from './template.js';

/** All problems of a scheme that a user declares as JSON; none when `verify` can interpret it. */
export function schemeProblems(document: unknown): Problem[] {
  return problemsOf(document, scheme);
}

const headerName = text({ max: 100, pattern: HEADER_NAME, what: 'the name of a header' });
const word = text({ max: 100, what: 'text' });
const separator = text({ max: 5, what: 'the text between two parts' });
const pointer = text({
  max: 200,
  pattern: POINTER,
  what: 'a JSON pointer, such as /event/id',
});
const optionName: Check = (value, path, report) => {
  if (typeof value === 'string' && isOptionName(value)) return;
  report({ path, rule: 'option_name', message: `must be the name of an option: ${OPTION_NAME_RULE}`, value });
};
const encoding = oneOf(['hex', 'base64', 'base64url']);
const HOST = /^(?:(?:\*|[a-z0-9-]+)\.)*[a-z0-9-]+\.[a-z][a-z0-9-]+$/;

const fromHeader = object(
  {
    header: (value, path, report) =>
      (Array.isArray(value) ? list(headerName, 10) : headerName)(value, path, report),
  },
  { itemSep: separator, fieldSep: separator, field: word, prefix: word },
);
const PLACES: Record<string, Check> = {
  header: fromHeader,
  query: object({ query: word }),
  body: object({ body: pointer }),
  form: object({ form: word }),
};

const from: Check = (value, path, report) => {
  const place = isObject(value) ? Object.keys(PLACES).find((name) => Object.hasOwn(value, name)) : undefined;
  if (place === undefined) {
    const message = 'must say where the text is: {"header": "X-Signature"}, or query, body or form';
    report({ path, rule: 'type', message, value });
    return;
  }
  PLACES[place]!(value, path, report);
  const { field, fieldSep } = value as Record<string, unknown>;
  if ((field === undefined) !== (fieldSep === undefined)) {
    const message = 'field and fieldSep belong together: "v1" and "=" for v1=5257a869';
    report({ path, rule: 'together', message });
  }
};

const by =
  (plain: Check): Check =>
  (value, path, report) =>
    (isObject(value) ? object({ by: from, when: record(plain, 10) }, { otherwise: plain }) : plain)(
      value,
      path,
      report,
    );

const template: Check = (value, path, report) => {
  text({ max: 1000, what: 'the signed text, such as {timestamp}.{body}' })(value, path, report);
  const problem = typeof value === 'string' && value.length <= 1000 ? templateProblem(value) : null;
  if (problem) {
    const message = `${problem}; known are {body}, {timestamp}, {id}, {method}, {url}, {url:decoded}, {form}, {crc32}, {option:…}, {header:…}, {body:/…} and {line:/…}`;
    report({ path, rule: 'template', message, value });
  }
};

const timestamp = object({ from, unit: oneOf(['s', 'ms', 'iso']) }, { toleranceS: whole(1, 604_800, 's') });

const SIGNED = { signature: from, encoding, over: by(template) };
const SIGNED_OPTIONAL = {
  timestamp,
  id: from,
  urlPort: oneOf(['either']),
  bodyHash: object({ from, encoding }),
  expected: object({ from, option: optionName }),
  single: pointer,
};

const hmac = object(
  {
    kind: oneOf(['hmac']),
    algorithm: by(oneOf(['sha1', 'sha256', 'sha512'])),
    ...SIGNED,
  },
  { ...SIGNED_OPTIONAL, secret: object({ encoding: oneOf(['utf8', 'base64', 'hex']) }, { prefix: word }) },
);

const pinned = object({
  certificate: from,
  hosts: list(text({ max: 255, pattern: HOST, what: 'a host name; * stands for one label' }), 10),
});
const pasted = object({ form: oneOf(['raw-hex', 'raw-base64', 'spki-base64', 'pem']) }, { prefix: word });

const publicKey = object(
  {
    kind: oneOf(['public-key']),
    algorithm: by(oneOf(['ed25519', 'ecdsa-p256-sha256', 'rsa-sha1', 'rsa-sha256'])),
    ...SIGNED,
    key: (value, path, report) =>
      (isObject(value) && 'certificate' in value ? pinned : pasted)(value, path, report),
  },
  SIGNED_OPTIONAL,
);

const shared = object({ kind: oneOf(['shared']), value: from }, { as: oneOf(['text', 'basic']) });

const ALGORITHMS = ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const jwt = object(
  { kind: oneOf(['jwt']), token: from, algorithms: list(oneOf(ALGORITHMS), ALGORITHMS.length) },
  {
    jwks: (value, path, report) => {
      if (typeof value === 'string' && value.length <= 2048 && isHttps(value)) return;
      report({ path, rule: 'url', message: 'must be an https URL of a JSON Web Key Set', value });
    },
    bodyHash: object({ claim: word, encoding }),
    issuers: list(text({ max: 255, what: 'an issuer' }), 10),
    audienceOption: optionName,
    maxAgeS: whole(1, 604_800, 's'),
  },
);

const KINDS: Record<string, Check> = { hmac, 'public-key': publicKey, shared, jwt };

const scheme: Check = (value, path, report) => {
  const kind = isObject(value) ? value['kind'] : undefined;
  if (!isObject(value) || typeof kind !== 'string' || !Object.hasOwn(KINDS, kind)) {
    const message = `must be an object whose kind is one of ${Object.keys(KINDS).join(', ')}`;
    report({
      path: isObject(value) ? ['kind'] : path,
      rule: 'kind',
      message,
      value: isObject(value) ? kind : value,
    });
    return;
  }
  KINDS[kind]!(value, path, report);
  if (kind === 'hmac' || kind === 'public-key') together(value, path, report);
  const algorithms = kind === 'jwt' && value['jwks'] !== undefined ? value['algorithms'] : [];
  if (Array.isArray(algorithms) && algorithms.some((name) => String(name).startsWith('HS'))) {
    const message =
      'a key set holds public keys, which must not be used with HS…: leave jwks or these algorithms out';
    report({ path: ['algorithms'], rule: 'together', message });
  }
};

/** What the signed text uses must be there, and the text must cover the body. */
const together: Check = (value, path, report) => {
  const { over, timestamp: time, id, bodyHash } = value as Record<string, unknown>;
  const templates =
    isObject(over) && isObject(over['when']) ? [...Object.values(over['when']), over['otherwise']] : [over];
  const used = templates.flatMap((each) => (typeof each === 'string' ? placeholdersOf(each) : []));
  for (const [name, given] of [['timestamp', time] as const, ['id', id] as const]) {
    if (!used.includes(name) || given !== undefined) continue;
    const message = `the signed text has {${name}}, so ${name} must say where it is`;
    report({ path: [...path, name], rule: 'required', message });
  }
  const covers = used.some((name) => ['body', 'body:', 'line:', 'form', 'crc32'].includes(name));
  if (used.length === 0 || covers || bodyHash !== undefined) return;
  const message =
    'the signed text must have {body}, or part of it: otherwise anybody could send another body';
  report({ path: [...path, 'over'], rule: 'coverage', message });
};

function isHttps(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:';
}
