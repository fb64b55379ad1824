import { BreakwaterError, type Problem } from '@breakwater/platform';

/** A manifest breaks the grammar; the error lists every problem. */
export class ManifestInvalidError extends BreakwaterError {
  readonly code = 'MANIFEST_INVALID';

  constructor(override readonly problems: Problem[]) {
    super(`the manifest has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}`);
  }
}

/** A manifest, a subscription or a replay is valid, but has URLs that must not be called. */
export class SsrfBlockedError extends BreakwaterError {
  readonly code = 'SSRF_BLOCKED';

  constructor(override readonly problems: Problem[]) {
    super(problems.length === 1 ? 'a URL must not be called' : `${problems.length} URLs must not be called`);
  }
}

export class ManifestVersionNotFoundError extends BreakwaterError {
  readonly code = 'MANIFEST_VERSION_NOT_FOUND';

  constructor(appId: string, version: number) {
    super(`app "${appId}" has no manifest version ${version}`);
  }
}
