import { Injectable } from '@nestjs/common';
import { Config } from '@breakwater/platform';
import { SourceDirectory } from '../sources/source-directory.service.js';
import type { CaptureAnswer } from './acknowledgement.js';
import type { ArrivedRequest } from './arrived-request.js';
import { CaptureLog } from './capture-log.service.js';
import { CaptureRequest, type AddressedSource } from './capture-request.service.js';
import { CapturesFullError, CaptureTooLargeError, SourceAddressUnknownError } from './capture.error.js';
import { CapturesInHand, type Place } from './captures-in-hand.js';

/** How many sources may use all of their places at once. */
const SOURCES_AT_ONCE = 5;
/** Bodies in memory of one source, and of all, bytes. */
const BYTES_PER_SOURCE = 32 * 1024 * 1024;
const BYTES_IN_ALL = 96 * 1024 * 1024;

/** The requests to sources that a process has, from the first byte to the answer. */
@Injectable()
export class InboundRequests {
  private readonly inHand: CapturesInHand;
  private readonly perSource: number;

  constructor(
    private readonly sources: SourceDirectory,
    private readonly captures: CaptureRequest,
    private readonly log: CaptureLog,
    { inbound }: Config,
  ) {
    this.perSource = inbound.atOnce;
    this.inHand = new CapturesInHand({
      perSource: inbound.atOnce,
      inAll: inbound.atOnce * SOURCES_AT_ONCE,
      bytesPerSource: BYTES_PER_SOURCE,
      bytesInAll: BYTES_IN_ALL,
    });
  }

  /**
   * The source with this key in its address. If the database is not available, it is the source as it was last known.
   * @throws SourceAddressUnknownError; what the database throws
   */
  async find(key: string): Promise<AddressedSource> {
    try {
      const source = await this.sources.byKey(key);
      if (source !== null) return { source, key, outage: null };
    } catch (error) {
      const source = this.sources.lastKnown(key);
      if (source !== null) return { source, key, outage: error as Error };
      this.log.count('unavailable');
      throw error;
    }
    this.log.count('unknown');
    throw new SourceAddressUnknownError();
  }

  /** A place for one request, which must be left again. @throws CapturesFullError */
  enter(address: AddressedSource): Place {
    const place = this.inHand.enter(address.source.id);
    if (place === null) throw this.full();
    return place;
  }

  /** The bodies in hand take too much memory, or there are too many. */
  full(): CapturesFullError {
    this.log.count('full');
    return new CapturesFullError(this.perSource);
  }

  tooLarge(maxBytes: number): CaptureTooLargeError {
    this.log.count('too_large');
    return new CaptureTooLargeError(maxBytes);
  }

  /** @throws what {@link CaptureRequest.execute} throws */
  async capture(address: AddressedSource, arrived: ArrivedRequest): Promise<CaptureAnswer> {
    return this.captures.execute(address, arrived);
  }
}
