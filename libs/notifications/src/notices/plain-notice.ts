import { withoutDirectionMarks } from '../mail/header-text.js';
import type { Notice } from './notice.js';

/**
 * A notice without marks that change the reading direction: a text of an app or its server must not make the words
 * beside it read backwards. Data for machines is not changed.
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
