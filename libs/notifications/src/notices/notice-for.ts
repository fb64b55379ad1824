import type { Notice } from './notice.js';

/** The notice in its form for owners, or for the platform's own people. */
export function noticeFor(notice: Notice, reader: 'owner' | 'admins'): Notice {
  return { ...notice, steps: notice.steps.filter(({ only }) => only === undefined || only === reader) };
}
