/**
 * Signing secrets and private keys, our API keys, tokens of portal links and sealed sessions, keys in addresses of
 * sources, bearer and basic credentials, passwords inside URLs.
 */
const SECRETS =
  /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^"-]*|whs(?:ec|k)_[A-Za-z0-9+/=_-]{8,}|\bbwp?_[A-Za-z0-9_-]{43}|\bFe26\.2\*[A-Za-z0-9*._-]{20,}|(?<=\/in\/)[0-9a-f]{40}|\b(?:bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}|(?<=\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@"]{0,200}:)[^\s/@"]+(?=@)/gi;

/** Second safety net after hiding by name: hides what looks like a secret anywhere in a finished log line. */
export function scrub(line: string): string {
  return line.replace(SECRETS, '***');
}
