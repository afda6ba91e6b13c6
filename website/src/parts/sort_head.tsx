import type { ComponentChildren } from 'preact';

interface SortHeadProps {
  class: string;
  /** Whether the rows are sorted by this column now. */
  isSorted: boolean;
  descending: boolean;
  onSort: () => void;
  children: ComponentChildren;
}

/** The head of a column that rows can be sorted by. */
export function SortHead({ class: extra, isSorted, descending, onSort, children }: SortHeadProps) {
  return (
    <th scope="col" class={extra} aria-sort={isSorted ? (descending ? 'descending' : 'ascending') : undefined}>
      <button type="button" onClick={onSort}>
        {children}
        {isSorted && <span aria-hidden="true"> {descending ? '↓' : '↑'}</span>}
      </button>
    </th>
  );
}
