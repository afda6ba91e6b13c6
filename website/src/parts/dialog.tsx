import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Icon } from '../icons';

interface DialogProps {
  title: ComponentChildren;
  /** Beside the title, in the head. */
  aside?: ComponentChildren;
  /** Buttons; the primary one last. */
  footer?: ComponentChildren;
  /** Called when the person closes it: by Escape, the cross or outside of it. The owner then stops rendering it. */
  onClose: () => void;
  closeLabel?: string;
  class?: string;
  children: ComponentChildren;
}

/** A modal dialog, open as long as it is rendered. The browser keeps the focus in it, and returns it afterwards. */
export function Dialog({ title, aside, footer, onClose, closeLabel = 'Close', class: extra, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = element.current!;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  return (
    <dialog
      ref={element}
      class={extra}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === element.current && !isInside(event, element.current!)) onClose();
      }}
    >
      <header>
        <h2 id={heading}>{title}</h2>
        {aside}
        <span class="grow" />
        <button type="button" class="btn quiet less icon" aria-label={closeLabel} onClick={onClose}>
          <Icon name="x" />
        </button>
      </header>
      {children}
      {footer && <footer>{footer}</footer>}
    </dialog>
  );
}

/** The backdrop is part of the dialog's element: only the place of a click tells them apart. */
function isInside(event: MouseEvent, dialog: HTMLDialogElement): boolean {
  const box = dialog.getBoundingClientRect();
  return event.clientX >= box.left && event.clientX < box.right && event.clientY >= box.top && event.clientY < box.bottom;
}
