import { Injectable } from '@nestjs/common';
import { PRESETS } from '../presets/index.js';
import { CaptureNotFoundError, SourceNotFoundError } from '../sources/source.error.js';
import { schemeOf } from '../sources/verification-rules.js';
import {
  CaptureListStore,
  type CaptureFilter,
  type CaptureRow,
  type CapturingSource,
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

/** What was sent to a source, and what became of it; also of sources that were deleted. */
@Injectable()
export class Captures {
  constructor(private readonly store: CaptureListStore) {}

  /** The newest first. Of a deleted source, if there is no other of its name. @throws SourceNotFoundError */
  async list(appId: string, name: string, filter: CaptureFilter): Promise<CaptureRow[]> {
    const [source] = await this.sources(appId, name);
    const rows = await this.store.list(source.id, filter);
    return rows.map((row) => shown(row, placesOf(source)));
  }

  /** With its secrets masked. @throws SourceNotFoundError, CaptureNotFoundError */
  async get(appId: string, name: string, captureId: string): Promise<CaptureStory> {
    const sources = await this.sources(appId, name);
    const capture = await this.store.find(
      sources.map(({ id }) => id),
      captureId,
    );
    if (!capture) throw new CaptureNotFoundError(name);
    const { sourceId, result, eventId, headers } = capture;
    const places = placesOf(sources.find(({ id }) => id === sourceId)!);
    const repeats =
      result === 'accepted' && eventId !== null
        ? await this.store.duplicates(sourceId, eventId, DUPLICATES_SHOWN)
        : [];
    return {
      ...shown(capture, places),
      headers: headers && maskedHeaders(headers, places),
      duplicates: repeats.map((row) => shown(row, places)),
    };
  }

  /** At least one. @throws SourceNotFoundError */
  private async sources(appId: string, name: string): Promise<[CapturingSource, ...CapturingSource[]]> {
    const [first, ...others] = await this.store.sources(appId, name);
    if (!first) throw new SourceNotFoundError(appId, name);
    return [first, ...others];
  }
}

function placesOf({ verification }: CapturingSource): SecretPlaces {
  return secretPlaces(schemeOf(verification, PRESETS));
}

function shown<Row extends CaptureRow>(row: Row, places: SecretPlaces): Row {
  return { ...row, query: maskedQuery(row.query, places) };
}
