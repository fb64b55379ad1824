import { IsArray, IsBoolean, IsIn, IsInt, IsNumber, IsString, Matches, Max, Min } from 'class-validator';
import { parseEncryptionKeys, type EncryptionKey } from './encryption-keys.js';
import { SECRET_FORM } from '../secrets/signing-secret.js';
import { IsDatabaseUrl, IsEach, IsSigningSecret, IsWebUrl } from './rules.js';

/** How a value is read from text, checked and shown. `read` returns the text itself when it cannot read it. */
export interface Kind {
  name: string;
  /** Ends the sentence "<NAME> must be …". */
  expects: string;
  bounds?: unknown;
  read(text: string): unknown;
  show(value: unknown): string;
  rules: PropertyDecorator[];
}

const plain = (value: unknown) => String(value);

export function integer(min: number, max: number): Kind {
  return {
    name: 'integer',
    expects: `a whole number from ${min} to ${max}`,
    bounds: { min, max },
    read: (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : text),
    show: plain,
    rules: [IsInt(), Min(min), Max(max)],
  };
}

export function decimal(min: number, max: number): Kind {
  return {
    name: 'number',
    expects: `a number from ${min} to ${max}`,
    bounds: { min, max },
    read: (text) => (/^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : text),
    show: plain,
    rules: [IsNumber(), Min(min), Max(max)],
  };
}

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds; `90s`, `5m`, `24h` and `7d` are read, too. */
export function duration(minMs: number, maxMs: number): Kind {
  return {
    ...integer(minMs, maxMs),
    name: 'duration',
    expects: `milliseconds from ${minMs} to ${maxMs} (or with a unit: 500ms, 30s, 5m, 24h, 7d)`,
    read: (text) => {
      const [, amount, unit = 'ms'] = /^(\d{1,15})(ms|s|m|h|d)?$/.exec(text) ?? [];
      return amount === undefined ? text : Number(amount) * (UNIT_MS[unit] ?? 1);
    },
  };
}

const FLAGS: Record<string, boolean> = { true: true, 1: true, yes: true, false: false, 0: false, no: false };

export const flag: Kind = {
  name: 'flag',
  expects: 'true or false',
  bounds: ['true', 'false'],
  read: (text) => FLAGS[text.toLowerCase()] ?? text,
  show: plain,
  rules: [IsBoolean()],
};

export function oneOf(...choices: readonly string[]): Kind {
  return {
    name: 'choice',
    expects: `one of ${choices.join(', ')}`,
    bounds: choices,
    read: (text) => text,
    show: plain,
    rules: [IsIn(choices)],
  };
}

export function word(pattern: RegExp, expects: string): Kind {
  return {
    name: 'text',
    expects,
    bounds: pattern.source,
    read: (value) => value,
    show: plain,
    rules: [IsString(), Matches(pattern)],
  };
}

/** A secret that the signer accepts. */
export const signingSecret: Kind = {
  name: 'text',
  expects: SECRET_FORM,
  read: (value) => value,
  show: plain,
  rules: [IsSigningSecret()],
};

/** An absolute URL of one of the schemes, trailing slashes removed. */
export function url(...schemes: readonly string[]): Kind {
  return {
    name: 'url',
    expects: `an absolute URL with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    bounds: schemes,
    read: (value) => value.replace(/\/+$/, ''),
    show: plain,
    rules: [IsWebUrl(schemes)],
  };
}

const DATABASE_SCHEMES = ['postgresql', 'postgres'];

/** An URL of PostgreSQL with one host, or with several between commas. */
export const databaseUrl: Kind = {
  ...url(...DATABASE_SCHEMES),
  expects:
    'an absolute URL with postgresql:// or postgres://, with one host or several between commas, whose target_session_attrs, if it is there, is read-write, primary or any',
  rules: [IsDatabaseUrl(DATABASE_SCHEMES)],
};

/** Items between commas; spaces around them are ignored. */
export function list(isItem: (item: string) => boolean, expects: string): Kind {
  return {
    name: 'list',
    expects: `a comma-separated list of ${expects}`,
    read: (value) =>
      value
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    show: (value) => (value as string[]).join(','),
    rules: [IsArray(), IsEach(isItem)],
  };
}

export const encryptionKeys: Kind = {
  name: 'keys',
  expects:
    'a comma-separated list of <id>:<base64 of 32 bytes> with distinct ids (letters, digits, - and _), the current key first',
  read: (value) => parseEncryptionKeys(value) ?? value,
  show: (value) => (value as EncryptionKey[]).map(({ id }) => `${id}:***`).join(','),
  rules: [IsArray()],
};
