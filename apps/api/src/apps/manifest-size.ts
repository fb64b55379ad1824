import { MANIFEST_MAX_BYTES } from '@breakwater/manifest';
import type { Problem } from '@breakwater/platform';

export function manifestSizeProblems(bytes: number): Problem[] {
  if (bytes <= MANIFEST_MAX_BYTES) return [];
  const message = `a manifest may have ${MANIFEST_MAX_BYTES} bytes, this one has ${bytes}`;
  return [{ pointer: '', rule: 'size', message, bounds: { max: MANIFEST_MAX_BYTES }, value: bytes }];
}
