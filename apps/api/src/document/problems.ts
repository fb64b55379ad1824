import { ApiExtension } from '@nestjs/swagger';

/** Where the codes are kept until the document is completed. */
export const OWN_CODES = 'x-own-codes';

/**
 * Codes of the error catalogue that an operation itself may answer with. Codes that follow from its shape are added
 * automatically.
 */
export const Problems = (...codes: string[]): MethodDecorator => ApiExtension(OWN_CODES, codes);
