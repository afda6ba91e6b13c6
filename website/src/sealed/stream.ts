/** libsodium's crypto_secretstream_xchacha20poly1305, reading side, by the primitives of @noble/ciphers. It is given in
    https://doc.libsodium.org/secret-key_cryptography/secretstream and src/libsodium/crypto_secretstream. */

import { poly1305 } from '@noble/ciphers/_poly1305.js';
import { chacha20, hchacha } from '@noble/ciphers/chacha.js';
import { equalBytes } from '@noble/ciphers/utils.js';

/** Of the stream's header, in bytes. */
export const headerBytes = 24;
/** By which a chunk is longer than what it holds. */
export const chunkOverhead = 17;

export const tagMessage = 0;
export const tagFinal = 3;

const sigma = words(new TextEncoder().encode('expand 32-byte k'));
const block = 64;
const macBytes = 16;

/** Both are little endian: as is every machine that runs a browser. */
export function words(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer);
}

export interface Chunk {
  tag: number;
  content: Uint8Array;
}

export class StreamReader {
  private readonly key: Uint8Array;
  /** A counter of 32 bits, and 8 bytes that each chunk changes. */
  private readonly nonce = new Uint8Array(12);

  constructor(key: Uint8Array, header: Uint8Array) {
    const derived = new Uint32Array(8);
    hchacha(sigma, words(key), words(header.subarray(0, 16)), derived);
    this.key = new Uint8Array(derived.buffer);
    this.nonce[0] = 1;
    this.nonce.set(header.subarray(16, 24), 4);
  }

  /** Opens the next chunk; null if it was changed, or is not the next one. */
  pull(chunk: Uint8Array, additional: Uint8Array): Chunk | null {
    const length = chunk.length - chunkOverhead;
    if (length < 0) return null;
    const first = new Uint8Array(block);
    first[0] = chunk[0]!;
    const opened = chacha20(this.key, this.nonce, first, undefined, 1);
    const tag = opened[0]!;
    opened[0] = chunk[0]!;
    const sealed = chunk.subarray(1, 1 + length);
    const mac = chunk.subarray(1 + length);
    if (!equalBytes(this.macOf(additional, opened, sealed), mac)) return null;
    const content = chacha20(this.key, this.nonce, sealed, undefined, 2);
    this.step(mac);
    return { tag, content };
  }

  private macOf(additional: Uint8Array, tagBlock: Uint8Array, sealed: Uint8Array): Uint8Array {
    const hash = poly1305.create(chacha20(this.key, this.nonce, new Uint8Array(block), undefined, 0).subarray(0, 32));
    const lengths = new DataView(new ArrayBuffer(16));
    lengths.setBigUint64(0, BigInt(additional.length), true);
    lengths.setBigUint64(8, BigInt(block + sealed.length), true);
    hash.update(additional).update(new Uint8Array((16 - (additional.length % 16)) % 16));
    hash.update(tagBlock).update(sealed);
    // So many zeros, and not as many as fill a block: as libsodium has it for ever.
    hash.update(new Uint8Array(sealed.length % 16));
    return hash.update(new Uint8Array(lengths.buffer)).digest().subarray(0, macBytes);
  }

  /** The next chunk's nonce. No file is so long that the counter would begin anew. */
  private step(mac: Uint8Array): void {
    for (let i = 0; i < 8; ++i) this.nonce[4 + i]! ^= mac[i]!;
    const view = new DataView(this.nonce.buffer);
    view.setUint32(0, view.getUint32(0, true) + 1, true);
  }
}
