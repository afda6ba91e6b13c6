import type { ComponentChildren } from 'preact';

export interface Figure {
  name: ComponentChildren;
  /** As text; units in it are set smaller. */
  value: string;
  detail?: ComponentChildren;
}

/** Sums, as one band over a page. */
export function Figures({ label, figures }: { label: string; figures: Figure[] }) {
  return (
    <section aria-label={label}>
      <dl class="figs">
        {figures.map((figure) => (
          <div>
            <dt>{figure.name}</dt>
            <dd>{withSmallUnits(figure.value)}</dd>
            <dd>{figure.detail ?? '\u00a0'}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** In place of sums that are still to come. */
export function FiguresSkeleton({ count }: { count: number }) {
  return (
    <div class="figs skel-figs">
      {Array.from({ length: count }, (_, i) => (
        <div key={i}>
          <span class="skel" />
        </div>
      ))}
    </div>
  );
}

/** "6 h 16 min": the numbers at full size, the units smaller. */
function withSmallUnits(text: string): ComponentChildren {
  return text.split(/(\b(?:h|min|s|to|and|px|M px|k px|m|km)\b)/).map((part, index) => (index % 2 ? <u>{part}</u> : part));
}
