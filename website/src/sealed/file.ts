/** Opens sealed files, as docs/sealed-files.md describes them. Runs in a worker, where the private key stays. */

import { secretbox, hsalsa } from '@noble/ciphers/salsa.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { chunkOverhead, headerBytes, StreamReader, tagFinal, tagMessage, words } from './stream';

const magic = [0x89, 0x41, 0x54, 0x53, 0x45, 0x41, 0x4c, 0x0a];
const version = 1;
const kindPublic = 1;
const idAt = 10;
const idBytes = 8;
const keyAt = 18;
const sealedKeyBytes = 80;
const chunkBytes = 65_536;
const sigma = words(new TextEncoder().encode('expand 32-byte k'));

export interface PrivateKey {
  secret: Uint8Array;
  public: Uint8Array;
  /** Which key it is, in hex: the files that it opens carry the same. */
  id: string;
}

/** Why a file or a key is refused, in words for people. */
export class Refused extends Error {}

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

function joined(...parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const hash = (bytes: Uint8Array, length: number): Uint8Array => blake2b(bytes, { dkLen: length });

/** Reads a key as `activitytrack-report keygen` writes it, or the file that it stands in. */
export function readKey(written: string): PrivateKey {
  const lines = written.split('\n').map((line) => line.trim());
  const line = lines.find((each) => each !== '' && !each.startsWith('#')) ?? '';
  if (line.startsWith('atpub_')) throw new Refused('This is the public key. The private one begins with atkey_.');
  if (!/^atkey_[A-Za-z0-9_-]{48}$/.test(line))
    throw new Refused('This is no private key: it begins with atkey_ and has 54 characters.');
  const packed = Uint8Array.from(atob(line.slice(6).replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  const secret = packed.slice(0, 32);
  if (hex(hash(joined(text('atkey_'), secret), 32).subarray(0, 4)) !== hex(packed.subarray(32)))
    throw new Refused('A character of the key is wrong or missing.');
  const key = x25519.getPublicKey(secret);
  return { secret, public: key, id: hex(hash(joined(text('atpub_'), key), 32).subarray(0, idBytes)) };
}

/** The id of the key that a file is sealed for, in hex. Throws Refused for what is no such file. */
export function keyIdOf(file: Uint8Array): string {
  if (file.length < keyAt || magic.some((byte, i) => file[i] !== byte)) throw new Refused('This is no sealed file.');
  if (file[8] !== version) throw new Refused('It is of a newer version than this page knows.');
  if (file[9] !== kindPublic) throw new Refused("It is sealed with a machine's own key, which only that machine has.");
  return hex(file.subarray(idAt, idAt + idBytes));
}

/** The content of a file, whole and unchanged. Throws Refused otherwise. */
export function openFile(file: Uint8Array, key: PrivateKey): Uint8Array {
  if (keyIdOf(file) !== key.id) throw new Refused(`It is sealed for another key, ${keyIdOf(file)}.`);
  const streamAt = keyAt + sealedKeyBytes;
  const chunksAt = streamAt + headerBytes;
  if (file.length < chunksAt) throw new Refused('The file is cut short.');
  const fileKey = openBox(file.subarray(keyAt, streamAt), key);
  return readStream(new StreamReader(fileKey, file.subarray(streamAt, chunksAt)), file, chunksAt);
}

function readStream(stream: StreamReader, file: Uint8Array, chunksAt: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = chunksAt;
  for (;;) {
    const end = Math.min(file.length, at + chunkBytes + chunkOverhead);
    const chunk = stream.pull(file.subarray(at, end), at === chunksAt ? file.subarray(0, chunksAt) : new Uint8Array());
    if (!chunk) throw new Refused('The file is damaged or was changed.');
    parts.push(chunk.content);
    at = end;
    if (chunk.tag === tagFinal) break;
    if (chunk.tag !== tagMessage || chunk.content.length !== chunkBytes) throw new Refused('The file is damaged or was changed.');
  }
  if (at !== file.length) throw new Refused('There is something behind the end of the file.');
  return joined(...parts);
}

/** crypto_box_seal_open: an ephemeral public key, and a box for ours. */
function openBox(box: Uint8Array, key: PrivateKey): Uint8Array {
  const ephemeral = box.subarray(0, 32);
  const nonce = hash(joined(ephemeral, key.public), 24);
  const shared = new Uint32Array(8);
  hsalsa(sigma, words(x25519.getSharedSecret(key.secret, ephemeral)), new Uint32Array(4), shared);
  try {
    return secretbox(new Uint8Array(shared.buffer), nonce).open(box.subarray(32));
  } catch {
    throw new Refused('The file is damaged or was changed.');
  }
}
