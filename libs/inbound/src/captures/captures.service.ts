import { Injectable } from '@nestjs/common';
import { PRESETS } from '../presets/index.js';
import { CaptureNotFoundError } from '../sources/source.error.js';
import { Sources } from '../sources/sources.service.js';
import { schemeOf } from '../sources/verification-rules.js';
import {
  CaptureListStore,
  type CaptureFilter,
  type CaptureRow,
  type StoredCapture,
} from './capture-list.store.js';
import { maskedHeaders, maskedQuery, secretPlaces, type SecretPlaces } from './masked-request.js';

/** Maximum number of repeats that are shown with a request. */
export const DUPLICATES_SHOWN = 50;

/** A captured request with everything that is stored of it. */
export interface CaptureStory extends StoredCapture {
  /** Of an accepted one: requests with the same id of the provider, the newest first. */
  duplicates: CaptureRow[];
}

/** What was sent to a source, and what became of it. */
@Injectable()
export class Captures {
  constructor(
    private readonly store: CaptureListStore,
    private readonly sources: Sources,
  ) {}

  /** The newest first. @throws SourceNotFoundError */
  async list(appId: string, source: string, filter: CaptureFilter): Promise<CaptureRow[]> {
    const { id, places } = await this.source(appId, source);
    const rows = await this.store.list(id, filter);
    return rows.map((row) => shown(row, places));
  }

  /** With its secrets masked. @throws SourceNotFoundError, CaptureNotFoundError */
  async get(appId: string, source: string, captureId: string): Promise<CaptureStory> {
    const { id, places } = await this.source(appId, source);
    const capture = await this.store.find(id, captureId);
    if (!capture) throw new CaptureNotFoundError(source);
    const { result, eventId, headers } = capture;
    const repeats =
      result === 'accepted' && eventId !== null
        ? await this.store.duplicates(id, eventId, DUPLICATES_SHOWN)
        : [];
    return {
      ...shown(capture, places),
      headers: headers && maskedHeaders(headers, places),
      duplicates: repeats.map((row) => shown(row, places)),
    };
  }

  private async source(appId: string, name: string): Promise<{ id: string; places: SecretPlaces }> {
    const { id, verification } = await this.sources.get(appId, name);
    return { id, places: secretPlaces(schemeOf(verification, PRESETS)) };
  }
}

function shown<Row extends CaptureRow>(row: Row, places: SecretPlaces): Row {
  return { ...row, query: maskedQuery(row.query, places) };
}
