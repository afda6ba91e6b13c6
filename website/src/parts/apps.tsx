/** Applications by their time, each with its colour. */

import type { ComponentChildren } from 'preact';
import { dur } from '../format';

/** The colour of the application with this rank, from 0; 0 for all after the fifth. Colours are named by how well they can be
    told apart, not by rank. */
export const colourOfRank = (rank: number): number => [1, 2, 5, 4, 3][rank] ?? 0;

interface AppRowProps {
  name: string;
  /** Shown at the pointer; the name by default. */
  title?: string;
  seconds: number;
  /** Of the longest row. */
  most: number;
  colour: number;
  /** Beside the time. */
  children?: ComponentChildren;
}

export function AppRow({ name, title = name, seconds, most, colour, children }: AppRowProps) {
  return (
    <li title={title}>
      <i class={`swatch fill-app${colour}`} />
      <bdi>{name}</bdi>
      <span>{dur(seconds / 60, true)}</span>
      {children}
      <span class="meter">
        <i class={`fill-app${colour}`} style={{ width: `${Math.min(100, (seconds / most) * 100)}%` }} />
      </span>
    </li>
  );
}
