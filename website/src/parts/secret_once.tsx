/** A secret that is shown this once. */

import { Copy } from './copy';

export function SecretOnce({ what, secret }: { what: string; secret: string }) {
  return (
    <>
      <p class="label">{what}</p>
      <Copy text={secret} />
      <p class="hint">It is shown this once. The server keeps only what it needs to recognize it.</p>
    </>
  );
}
