import { BreakwaterError } from '@breakwater/platform';

/** A body that is refused before anyone parses it; `code` is the catalogue's. */
export class BodyRefusedError extends BreakwaterError {
  constructor(
    readonly code: 'BODY_TOO_LARGE' | 'JSON_INVALID' | 'MEDIA_TYPE_UNSUPPORTED',
    message: string,
  ) {
    super(message);
  }
}
