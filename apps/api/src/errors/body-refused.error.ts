import { BreakwaterError } from '@breakwater/platform';

/** A body that is refused before it is parsed; `code` is from the catalogue. */
export class BodyRefusedError extends BreakwaterError {
  constructor(
    readonly code: 'BODY_TOO_LARGE' | 'JSON_INVALID' | 'MEDIA_TYPE_UNSUPPORTED',
    message: string,
  ) {
    super(message);
  }
}
