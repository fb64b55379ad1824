import { Database } from '@breakwater/platform';

/** Remembers the statements of its readers, so that a spec can look at their plans. */
export class ListeningDatabase extends Database {
  readonly texts: string[] = [];

  override queryAs: Database['queryAs'] = async (appId, text, values) => {
    this.texts.push(text);
    return super.queryAs(appId, text, values);
  };
}
