/** 1 to 255 characters that are safe in a URL path, a file name and a metrics label. */
export const APP_ID_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$';

const pattern = new RegExp(APP_ID_PATTERN);

export function isAppId(id: string): boolean {
  return pattern.test(id);
}
