/** Opens sealed pictures in this page, with a key that only a worker has, and only for a while. */

import { signal } from '@preact/signals';
import type { Told, Wanted } from './worker';

/** After so long the key is forgotten, and with it the worker. */
const keptMs = 15 * 60_000;

/** Which key pictures are opened with, in hex; null: none was given. */
export const openKeyId = signal<string | null>(null);

interface Waiting {
  done: (content: Blob) => void;
  failed: (why: Error) => void;
}

let worker: Worker | undefined;
let forgetting: ReturnType<typeof setTimeout> | undefined;
let latest = 0;
const waiting = new Map<number, Waiting>();

function start(): Worker {
  const url = document.querySelector<HTMLMetaElement>('meta[name=opener]')!.content;
  return new Worker(url, { type: 'module' });
}

/** Gives the key to a new worker. Fails with what is wrong with it, in words. */
export function useKey(key: string): Promise<string> {
  forgetKey();
  const made = start();
  worker = made;
  return new Promise((done, failed) => {
    made.onmessage = ({ data }: MessageEvent<Told>) => {
      if ('keyId' in data) {
        openKeyId.value = data.keyId;
        forgetting = setTimeout(forgetKey, keptMs);
        done(data.keyId);
      } else if ('number' in data) settle(data);
      else {
        forgetKey();
        failed(new Error(data.refused));
      }
    };
    made.onerror = () => failed(new Error('This browser could not start what opens pictures.'));
    send(made, { key });
  });
}

function settle(told: Extract<Told, { number: number }>): void {
  const whose = waiting.get(told.number);
  waiting.delete(told.number);
  if ('content' in told) whose?.done(new Blob([told.content], { type: 'image/jpeg' }));
  else whose?.failed(new Error(told.refused));
}

function send(to: Worker, wanted: Wanted): void {
  to.postMessage(wanted, 'file' in wanted ? [wanted.file] : []);
}

/** Opens a file. Its bytes are given away. */
export function openSealed(file: ArrayBuffer): Promise<Blob> {
  if (!worker) return Promise.reject(new Error('No key was given.'));
  const number = ++latest;
  const to = worker;
  return new Promise((done, failed) => {
    waiting.set(number, { done, failed });
    send(to, { number, file });
  });
}

export function forgetKey(): void {
  clearTimeout(forgetting);
  worker?.terminate();
  worker = undefined;
  openKeyId.value = null;
  for (const { failed } of waiting.values()) failed(new Error('The key was forgotten.'));
  waiting.clear();
}
