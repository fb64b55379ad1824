import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import type { Problem } from '@breakwater/platform';

/** Longest PEM of a certificate with its chain, and of a key, in characters. */
export const CERTIFICATE_MAX = 32_768;
export const KEY_MAX = 16_384;
/** Most certificates in one chain. */
const CHAIN_MAX = 10;
/** What a certificate may be used for, where it says so: clients (RFC 5280 4.2.1.12). */
const FOR_CLIENTS = '1.3.6.1.5.5.7.3.2';
const FOR_ALL = '2.5.29.37.0';

/** What an uploaded certificate says. */
export interface CertificateFacts {
  subject: string;
  issuer: string;
  serialNumber: string;
  /** sha256 in hex, lower case. */
  fingerprint: string;
  validFrom: Date;
  validTo: Date;
}

export type CheckedCertificate =
  { ok: true; facts: CertificateFacts; certificate: string } | { ok: false; problems: Problem[] };

/**
 * Checks a client certificate and its key, both PEM. No problem shows anything of the key.
 * @param now neither before nor after its time the certificate is of use
 */
export function checkCertificate(certificate: string, key: string, now: Date): CheckedCertificate {
  const chain = chainOf(certificate);
  const privateKey = keyOf(key);
  const problems = [...(isProblem(chain) ? [chain] : []), ...(isProblem(privateKey) ? [privateKey] : [])];
  if (isProblem(chain)) return { ok: false, problems };
  const own = chain[0]!;
  problems.push(...timeProblems(own, now), ...purposeProblems(own));
  if (!isProblem(privateKey) && !own.checkPrivateKey(privateKey)) {
    problems.push(problem('/key', 'key_match', 'key is not the key of the first certificate'));
  }
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, facts: factsOf(own), certificate: chain.map(String).join('') };
}

/** @param certificate PEM that was checked before */
export function factsOfPem(certificate: string): CertificateFacts {
  return factsOf(new X509Certificate(certificate));
}

function factsOf(own: X509Certificate): CertificateFacts {
  return {
    subject: own.subject.replaceAll('\n', ', '),
    issuer: own.issuer.replaceAll('\n', ', '),
    serialNumber: own.serialNumber,
    fingerprint: own.fingerprint256.replaceAll(':', '').toLowerCase(),
    validFrom: own.validFromDate,
    validTo: own.validToDate,
  };
}

function chainOf(pem: string): X509Certificate[] | Problem {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0 || blocks.length > CHAIN_MAX) {
    const message = `certificate must hold 1 to ${CHAIN_MAX} certificates in PEM, the app's own first; found ${blocks.length}`;
    return { ...problem('/certificate', 'pem', message), bounds: { min: 1, max: CHAIN_MAX } };
  }
  const chain: X509Certificate[] = [];
  for (const [at, block] of blocks.entries()) {
    try {
      chain.push(new X509Certificate(block));
    } catch {
      return problem('/certificate', 'pem', `certificate ${at + 1} of the chain cannot be read`);
    }
  }
  return chain;
}

function keyOf(pem: string): KeyObject | Problem {
  if (/ENCRYPTED/.test(pem)) {
    return problem(
      '/key',
      'encrypted',
      'key is encrypted: remove its passphrase, it is sealed when it is stored',
    );
  }
  try {
    return createPrivateKey(pem);
  } catch {
    return problem('/key', 'pem', 'key must be one private key in PEM');
  }
}

function timeProblems(own: X509Certificate, now: Date): Problem[] {
  if (own.validToDate <= now) {
    const validTo = own.validToDate.toISOString();
    return [{ ...problem('/certificate', 'expired', `certificate expired at ${validTo}`), value: validTo }];
  }
  if (own.validFromDate <= now) return [];
  const validFrom = own.validFromDate.toISOString();
  const message = `certificate is not valid before ${validFrom}: upload it then`;
  return [{ ...problem('/certificate', 'not_yet_valid', message), value: validFrom }];
}

function purposeProblems(own: X509Certificate): Problem[] {
  const purposes = own.keyUsage as readonly string[] | undefined;
  if (purposes === undefined || purposes.includes(FOR_CLIENTS) || purposes.includes(FOR_ALL)) return [];
  const message = 'certificate is not for clients: its extended key usage lacks clientAuth';
  return [{ ...problem('/certificate', 'purpose', message), value: purposes.join(', ') }];
}

function problem(pointer: string, rule: string, message: string): Problem {
  return { pointer, rule, message };
}

function isProblem(value: object): value is Problem {
  return 'pointer' in value;
}
