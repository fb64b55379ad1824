import { Injectable } from '@nestjs/common';
import { newId } from '@breakwater/platform';

/** The name of this process, to which others address what is meant for it. */
@Injectable()
export class ThisProcess {
  readonly id = newId();
}
