/** A dialog with a form: what is asked for, an error of the server's above it, and the button that sends it. */

import type { ComponentChildren } from 'preact';
import { type Act, ActError } from './act';
import { Dialog } from './dialog';

interface FormDialogProps {
  title: string;
  /** What the button says that sends the form. */
  submit: ComponentChildren;
  /** Whether that cannot be taken back. */
  isRisk?: boolean;
  /** Whether the form cannot be sent yet. */
  disabled?: boolean;
  keep?: string;
  act: Act;
  onSubmit: () => unknown;
  onClose: () => void;
  /** Of what holds the fields. */
  class?: string;
  children: ComponentChildren;
}

export function FormDialog(props: FormDialogProps) {
  const { title, submit, isRisk, disabled, keep = 'Back', act, onSubmit, onClose, class: extra = 'pad', children } = props;
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <div class={extra}>
          <ActError of={act} />
          {children}
        </div>
        <footer>
          <span class="grow" />
          <button type="button" class="btn" onClick={onClose}>
            {keep}
          </button>
          <button class={isRisk ? 'btn risk' : 'btn first'} disabled={act.isRunning || disabled}>
            {submit}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
