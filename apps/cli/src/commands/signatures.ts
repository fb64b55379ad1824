import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import { wholeNumber } from '../arguments.js';
import { NotWell, UsageError } from '../failures.js';
import { plainText } from '../plain-text.js';
import type { Output } from '../session.service.js';
import { checkSignature, type SignatureVerdict } from '../signatures/check-signature.js';
import { readHeaders } from '../signatures/read-headers.js';
import { signatureBy, signingKey, type SigningKey } from '../signatures/signing-key.js';
import { bytesOf } from './file.js';

const TOLERANCE_S = 300;
/** In place of a file with the secret, for scripts. */
export const SECRET_VARIABLE = 'BREAKWATER_SIGNING_SECRET';

interface KeyOptions {
  secretFile?: string[];
  secret?: string;
  publicKey?: string[];
  json?: boolean;
}

interface VerifyOptions extends KeyOptions {
  headers?: string;
  header?: string[];
  at?: string;
  tolerance: number;
}

interface SignOptions extends KeyOptions {
  id?: string;
  at?: string;
  format: string;
}

const SECRET_FILE = `files with a secret (whsec_) or a private key (whsk_); ${SECRET_VARIABLE} by default`;

/** They work on this computer alone: no request is sent. */
export function addSignatureCommands(program: Command, output: Output): void {
  program
    .command('verify <bodyFile>')
    .description('verify the signature of a request, and say exactly why not; - reads the body from stdin')
    .option('--headers <file>', 'its headers: name: value lines, or an object as JSON')
    .option('--header <header...>', 'one header: "webhook-id: 0190…"')
    .option('--secret-file <files...>', SECRET_FILE)
    .addOption(secretOption())
    .option('--public-key <keys...>', 'for v1a: whpk_…, see breakwater webhook-keys show')
    .option('--at <time>', 'when it was received: ISO 8601 or Unix seconds; now by default')
    .option(
      '--tolerance <s>',
      'largest difference between the signed time and that',
      wholeNumber,
      TOLERANCE_S,
    )
    .action(async (bodyFile: string, options: VerifyOptions, command: Command) => {
      const headers = readHeaders(await headerText(options));
      const verdict = checkSignature(
        { headers, body: await bytesOf(bodyFile) },
        { keys: await keysOf(options), nowS: secondsOf(options.at), toleranceS: options.tolerance },
      );
      const { json } = command.optsWithGlobals<{ json?: boolean }>();
      if (json) output.out(JSON.stringify(verdict));
      else verdictLines(verdict).forEach(output.out);
      if (!verdict.ok) throw new NotWell();
    });
  program
    .command('sign <bodyFile>')
    .description('make the signed headers of a request with this body; - reads the body from stdin')
    .option('--secret-file <files...>', SECRET_FILE)
    .addOption(secretOption())
    .option('--id <id>', 'webhook-id; a new one by default')
    .option('--at <time>', 'webhook-timestamp: ISO 8601 or Unix seconds; now by default')
    .option('--format <format>', 'lines, or curl: as options of curl', 'lines')
    .action(async (bodyFile: string, options: SignOptions, command: Command) => {
      if (!['lines', 'curl'].includes(options.format))
        throw new UsageError(`--format takes lines or curl, not "${plainText(options.format)}"`);
      const signed = {
        id: options.id ?? `msg_${randomUUID()}`,
        timestamp: String(secondsOf(options.at)),
        body: await bytesOf(bodyFile),
      };
      const keys = await keysOf(options);
      const headers = {
        'webhook-id': signed.id,
        'webhook-timestamp': signed.timestamp,
        'webhook-signature': keys.map((key) => signatureBy(key, signed)).join(' '),
      };
      const { json } = command.optsWithGlobals<{ json?: boolean }>();
      if (json) return output.out(JSON.stringify(headers));
      for (const [name, value] of Object.entries(headers))
        output.out(options.format === 'curl' ? `-H '${name}: ${value}'` : `${name}: ${value}`);
    });
}

/** Other users of the machine see a command line, so that the variable is the better place. */
function secretOption(): Option {
  return new Option('--secret <secrets>', 'the same, separated by spaces; used without a file').env(
    SECRET_VARIABLE,
  );
}

async function headerText({ headers, header = [] }: VerifyOptions): Promise<string> {
  if (headers === undefined && header.length === 0)
    throw new UsageError('name the headers: --headers with a file, or --header "name: value"');
  const file = headers === undefined ? '' : (await bytesOf(headers)).toString();
  if (header.length > 0 && file.trimStart().startsWith('{'))
    throw new UsageError('--header adds to lines of a file, not to JSON: name all headers in one of the two');
  return [file, ...header].join('\n');
}

async function keysOf({ secretFile = [], secret, publicKey = [] }: KeyOptions): Promise<SigningKey[]> {
  const files = await Promise.all(secretFile.map(async (file) => (await bytesOf(file)).toString()));
  const texts = files.length + publicKey.length === 0 && secret !== undefined ? [secret] : files;
  const keys = [...texts, ...publicKey].flatMap((text) => text.split(/\s+/)).filter((text) => text !== '');
  if (keys.length === 0)
    throw new UsageError(`name a secret: --secret-file, or the environment variable ${SECRET_VARIABLE}`);
  return keys.map(signingKey);
}

/** Unix seconds. */
function secondsOf(time: string | undefined): number {
  if (time === undefined) return Math.floor(Date.now() / 1000);
  const ms = /^\d{1,11}$/.test(time) ? Number(time) * 1000 : Date.parse(time);
  if (Number.isNaN(ms)) throw new UsageError(`--at takes ISO 8601 or Unix seconds, not "${plainText(time)}"`);
  return Math.floor(ms / 1000);
}

function verdictLines({ ok, verified, reasons, hints }: SignatureVerdict): string[] {
  return [
    ...(ok ? verified.map((text) => `valid: ${text}`) : ['NOT VALID']),
    ...(ok ? [] : verified.map((text) => `the signature fits: ${text}`)),
    ...reasons.map(({ rule, message }) => `${rule}: ${plainText(message)}`),
    ...hints.map(({ message }) => `cause: ${plainText(message)}`),
  ];
}
