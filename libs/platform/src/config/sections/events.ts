import { flag } from '../kinds.js';
import { Setting } from '../setting.js';

export class EventsConfig {
  static readonly title = 'Events';

  @Setting('EVENT_TYPES_STRICT', flag, 'Whether only events of types in the catalogue may be published.')
  readonly strictTypes: boolean = false;
}
