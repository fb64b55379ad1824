import { ApiExtension } from '@nestjs/swagger';

/** Where the codes stand until the document is completed. */
export const OWN_CODES = 'x-own-codes';

/** Codes of the error catalogue that an operation's own work may answer with. Those of its shape come by themselves. */
export const Problems = (...codes: string[]): MethodDecorator => ApiExtension(OWN_CODES, codes);
