type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The key a request brings, as `Authorization: Bearer …` or `X-Api-Key: …`; null where it brings none. */
export function rawKeyOf(headers: Headers): string | null {
  const { authorization, 'x-api-key': apiKey } = headers;
  const bearer =
    typeof authorization === 'string' ? /^Bearer +(\S+) *$/i.exec(authorization)?.[1] : undefined;
  return bearer ?? (typeof apiKey === 'string' ? apiKey.trim() : null);
}
