import type { ComponentChildren } from 'preact';

interface Segment<T extends string> {
  value: T;
  label: ComponentChildren;
  /** A count beside the label. */
  count?: number;
}

interface SegmentsProps<T extends string> {
  label: string;
  value: T;
  options: readonly Segment<T>[];
  onChange: (value: T) => void;
  class?: string;
}

/** A few choices side by side, one of which is in force. */
export function Segments<T extends string>({ label, value, options, onChange, class: extra = '' }: SegmentsProps<T>) {
  return (
    <div class={`seg ${extra}`} role="group" aria-label={label}>
      {options.map((option) => (
        <button type="button" aria-pressed={option.value === value} onClick={() => onChange(option.value)}>
          {option.label}
          {option.count !== undefined && <span class="n">{option.count.toLocaleString('en')}</span>}
        </button>
      ))}
    </div>
  );
}
