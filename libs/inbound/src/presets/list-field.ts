import type { HeaderFrom } from '../verification/scheme.js';

/** One field of a header like `t=1753833600,v1=5257a869…,v1=a1b2c3d4…`. */
export function listField(header: string, field: string, itemSep = ','): HeaderFrom {
  return { header, itemSep, fieldSep: '=', field };
}
