import { Modal, type ModalProps } from '@mantine/core';
import { useEffect, useState } from 'react';

/** A dialog. After it the focus is again on what opened it, or on the title of the screen when that is gone. */
export function Dialog(props: ModalProps) {
  return (
    <>
      {props.opened ? <FocusBack /> : null}
      <Modal closeButtonProps={{ 'aria-label': 'Close' }} {...props} />
    </>
  );
}

/** Mantine gives the focus back only where a dialog stays after it was closed; most are taken away. */
function FocusBack() {
  const [openers] = useState(openersNow);
  useEffect(
    () => () => {
      if (document.activeElement !== null && document.activeElement !== document.body) return;
      const [first] = [...openers, document.querySelector('h1')].filter((one) => one?.isConnected);
      if (first instanceof HTMLElement) first.focus({ preventScroll: true });
    },
    [openers],
  );
  return null;
}

/** What has the focus now; an entry of a menu is gone with its menu, so that the button of the menu comes next. */
function openersNow(): (Element | null)[] {
  const { activeElement } = document;
  const menuButton = activeElement?.closest('[role=menu]')?.getAttribute('aria-labelledby');
  return [activeElement, menuButton ? document.getElementById(menuButton) : null];
}
