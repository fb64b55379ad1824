import { fastFormats, fullFormats } from 'ajv-formats/dist/formats.js';

/** Maximum length of a text that has a format, in characters. It limits the time of the check. */
const TEXT_MAX_LENGTH = 1_000;

/** The formats that a schema may use, each with its check. */
export const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  date: checkOf(fullFormats.date),
  time: checkOf(fullFormats.time),
  'date-time': checkOf(fullFormats['date-time']),
  duration: checkOf(fullFormats.duration),
  email: checkOf(fastFormats.email),
  hostname: checkOf(fullFormats.hostname),
  ipv4: checkOf(fullFormats.ipv4),
  ipv6: checkOf(fullFormats.ipv6),
  uri: checkOf(fullFormats.uri),
  uuid: checkOf(fullFormats.uuid),
};

function checkOf(format: unknown): (text: string) => boolean {
  const check =
    format instanceof RegExp || typeof format === 'function'
      ? format
      : (format as { validate: unknown }).validate;
  const test =
    check instanceof RegExp ? (text: string) => check.test(text) : (check as (text: string) => boolean);
  return (text) => text.length <= TEXT_MAX_LENGTH && test(text);
}
