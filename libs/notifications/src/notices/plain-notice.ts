import { withoutDirectionMarks } from '../mail/header-text.js';
import type { Notice } from './notice.js';

/**
 * A notice whose texts hold no mark that turns the reading direction: what an app or its server said must not make the
 * words beside it read backwards. What is for machines stays as it is.
 */
export function plainNotice(notice: Notice): Notice {
  return {
    ...notice,
    title: withoutDirectionMarks(notice.title),
    summary: withoutDirectionMarks(notice.summary),
    facts: notice.facts.map(({ name, value }) => ({
      name: withoutDirectionMarks(name),
      value: withoutDirectionMarks(value),
    })),
    steps: notice.steps.map((step) => ({ ...step, text: withoutDirectionMarks(step.text) })),
  };
}
