/** Holds a private key, and opens files with it. The key never leaves this worker; it ends with it. */

import { keyIdOf, openFile, type PrivateKey, readKey, Refused } from './file';

export type Wanted = { key: string } | { number: number; file: ArrayBuffer };
export type Told =
  { keyId: string } | { refused: string } | { number: number; content: ArrayBuffer } | { number: number; refused: string };

const page = self as unknown as {
  onmessage: ((event: MessageEvent<Wanted>) => void) | null;
  postMessage(told: Told, give?: Transferable[]): void;
};
let key: PrivateKey | undefined;

page.onmessage = ({ data }) => {
  try {
    if ('key' in data) {
      key = readKey(data.key);
      page.postMessage({ keyId: key.id });
      return;
    }
    const file = new Uint8Array(data.file);
    if (!key) throw new Refused(`No key was given for ${keyIdOf(file)}.`);
    const content = openFile(file, key).buffer as ArrayBuffer;
    page.postMessage({ number: data.number, content }, [content]);
  } catch (error) {
    const refused = error instanceof Refused ? error.message : String(error);
    page.postMessage('key' in data ? { refused } : { number: data.number, refused });
  }
};
