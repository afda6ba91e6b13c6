/** A secret that is shown this once. */

import { Copy } from './copy';
import { Dialog } from './dialog';

export function SecretOnce({ what, secret }: { what: string; secret: string }) {
  return (
    <>
      <p class="label">{what}</p>
      <Copy text={secret} />
      <p class="hint">It is shown this once. The server keeps only what it needs to recognize it.</p>
    </>
  );
}

/** The same in a dialog of its own. */
export function SecretDialog({
  title,
  what,
  secret,
  onClose,
}: {
  title: string;
  what: string;
  secret: string;
  onClose: () => void;
}) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <span class="grow" />
          <button type="button" class="btn first" onClick={onClose}>
            Done
          </button>
        </>
      }
    >
      <div class="pad">
        <SecretOnce what={what} secret={secret} />
      </div>
    </Dialog>
  );
}
