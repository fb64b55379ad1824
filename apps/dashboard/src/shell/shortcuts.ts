import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useScope } from '../session/session.js';
import type { Place } from './screens.js';

/** The second key of `g` and a letter must follow within this, ms. */
const SEQUENCE_MS = 1500;

export const KEYS: readonly { keys: string; does: string }[] = [
  { keys: 'Ctrl K', does: 'search, and go anywhere' },
  { keys: 'g and a letter', does: 'go to a screen (see the letters in the navigation)' },
  { keys: '/', does: 'to the filter of the screen' },
  { keys: 'j, k', does: 'next and previous row' },
  { keys: 'Enter', does: 'open the row' },
  { keys: 'x', does: 'select the row' },
  { keys: 'r', does: 'redeliver the row' },
  { keys: 'Esc', does: 'close what is open, leave the filter' },
  { keys: '?', does: 'this list' },
];

/** Keys that work everywhere. @returns whether the list of keys is shown, and how to change that */
export function useShortcuts(places: readonly Place[]): [boolean, (isShown: boolean) => void] {
  const [isHelpShown, showHelp] = useState(false);
  const navigate = useNavigate();
  const { base } = useScope();
  useEffect(() => {
    let goAt = Number.NEGATIVE_INFINITY;
    function onKey(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey || isDialogOpen()) return;
      if (isTyping(event.target)) {
        if (event.key === 'Escape') leaveFilter(event.target);
        return;
      }
      const isSequence = event.timeStamp - goAt < SEQUENCE_MS;
      goAt = Number.NEGATIVE_INFINITY;
      const place = isSequence ? places.find(({ key }) => key === event.key) : undefined;
      if (place) {
        event.preventDefault();
        void navigate({ to: `${base}${place.path}` });
      } else if (event.key === 'g') goAt = event.timeStamp;
      else if (event.key === '?') showHelp(true);
      else if (event.key === '/') focusFirst(event, '[data-filter]');
      else if (event.key === 'j' || event.key === 'k') focusFirst(event, '[data-rows]');
    }
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate, places, base]);
  return [isHelpShown, showHelp];
}

/** The first `j` moves the focus into the list, which handles the keys from then on. */
function focusFirst(event: KeyboardEvent, selector: string): void {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found || found.contains(document.activeElement)) return;
  event.preventDefault();
  found.focus();
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches('input:not([type=checkbox]), textarea, select, [contenteditable=true]')
  );
}

/** After a filter was set the other keys work again. */
function leaveFilter(target: EventTarget | null): void {
  if (target instanceof HTMLElement && target.closest('[role=search]')) target.blur();
}

function isDialogOpen(): boolean {
  return document.querySelector('[role=dialog]') !== null;
}
