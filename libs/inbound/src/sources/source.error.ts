import { BreakwaterError, type Problem } from '@breakwater/platform';

/** The source is not valid; contains all problems. */
export class SourceInvalidError extends BreakwaterError {
  readonly code = 'SOURCE_INVALID';

  constructor(override readonly problems: Problem[]) {
    super(`the source has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}`);
  }
}

export class SourceNotFoundError extends BreakwaterError {
  readonly code = 'SOURCE_NOT_FOUND';

  constructor(appId: string, name: string) {
    super(`no source "${name}" of an app "${appId}"`);
  }
}

export class SourceExistsError extends BreakwaterError {
  readonly code = 'SOURCE_EXISTS';

  constructor(appId: string, name: string) {
    super(`app "${appId}" has a source "${name}" already`);
  }
}

/** The app has the maximum number of sources, or the source that of targets. */
export class SourcesFullError extends BreakwaterError {
  readonly code = 'SOURCES_FULL';

  constructor(owner: 'an app' | 'a source', what: 'sources' | 'targets', max: number) {
    super(`${owner} has ${max} ${what} at most; delete one that is no longer needed`);
  }
}

/** One more key or secret would end an overlap before its promised time. */
export class SourceRotationFullError extends BreakwaterError {
  readonly code = 'SOURCE_ROTATION_FULL';

  constructor(what: 'keys' | 'secrets', max: number, oldestUntil: Date) {
    super(
      `${max} ${what} of the source are valid already; the oldest expires at ${oldestUntil.toISOString()}: rotate after that, or with overlapMs 0, which ends all older ones now`,
    );
  }
}

export class TargetNotFoundError extends BreakwaterError {
  readonly code = 'TARGET_NOT_FOUND';

  constructor(source: string, target: string) {
    super(`no target "${target}" of a source "${source}"`);
  }
}

export class CaptureNotFoundError extends BreakwaterError {
  readonly code = 'CAPTURE_NOT_FOUND';

  constructor(source: string) {
    super(`no such captured request of source "${source}"`);
  }
}
