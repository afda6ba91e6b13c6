/** The icons, drawn on 16 by 16, as one sprite that the page holds once; and the hatch of what was scripted. */

const drawings = {
  search: '<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.5 3.5"/>',
  left: '<path d="M10 3.5 5.5 8l4.5 4.5"/>',
  right: '<path d="M6 3.5 10.5 8 6 12.5"/>',
  down: '<path d="m4 6 4 4 4-4"/>',
  plus: '<path d="M8 3v10M3 8h10"/>',
  minus: '<path d="M3 8h10"/>',
  check: '<path d="m3 8.5 3.2 3.2L13 4.8"/>',
  x: '<path d="m4 4 8 8M12 4l-8 8"/>',
  alert: '<path d="M8 2.5 14.3 13.5H1.7zM8 6.5v3.3M8 11.8v.01"/>',
  info: '<circle cx="8" cy="8" r="5.75"/><path d="M8 7.5V11M8 5.2v.01"/>',
  lock: '<rect x="3.5" y="7" width="9" height="6.5" rx="1.5"/><path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2"/>',
  pause: '<path d="M5.5 3.5v9M10.5 3.5v9"/>',
  play: '<path d="M5 3.2 12.5 8 5 12.8z"/>',
  camera:
    '<rect x="2" y="4.5" width="12" height="8.5" rx="1.5"/><circle cx="8" cy="8.75" r="2.25"/><path d="m6 4.5 1-1.5h2l1 1.5"/>',
  eye: '<path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z"/><circle cx="8" cy="8" r="2"/>',
  save: '<path d="M8 2.5v8M4.5 7.2 8 10.7l3.5-3.5M3 13.5h10"/>',
  trash: '<path d="M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 9h6l.5-9"/>',
  undo: '<path d="M6 3 3 6l3 3M3 6h6.5a3.5 3.5 0 0 1 0 7H7"/>',
  copy: '<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M10.5 5.5V4A1.5 1.5 0 0 0 9 2.5H4A1.5 1.5 0 0 0 2.5 4v5A1.5 1.5 0 0 0 4 10.5h1.5"/>',
  globe:
    '<circle cx="8" cy="8" r="5.75"/><path d="M2.25 8h11.5M8 2.25c1.7 1.6 2.5 3.5 2.5 5.75S9.7 12.15 8 13.75C6.3 12.15 5.5 10.25 5.5 8S6.3 3.85 8 2.25"/>',
  table: '<rect x="2.5" y="3" width="11" height="10" rx="1"/><path d="M2.5 6.5h11M6.5 6.5V13"/>',
  chart: '<path d="M2.5 2.5v11h11M5.5 11V8M8.5 11V5M11.5 11V7"/>',
  theme: '<circle cx="8" cy="8" r="5.5"/><path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor"/>',
  menu: '<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11"/>',
  more: '<g fill="currentColor" stroke="none"><circle cx="3.5" cy="8" r="1.3"/><circle cx="8" cy="8" r="1.3"/><circle cx="12.5" cy="8" r="1.3"/></g>',
  clock: '<circle cx="8" cy="8" r="5.75"/><path d="M8 4.8V8l2.2 1.5"/>',
  gone: '<circle cx="8" cy="8" r="5.75"/><path d="m4 4 8 8"/>',
  disk: '<ellipse cx="8" cy="4.5" rx="5" ry="2"/><path d="M3 4.5v7c0 1.1 2.2 2 5 2s5-.9 5-2v-7M3 8c0 1.1 2.2 2 5 2s5-.9 5-2"/>',
  turn: '<path d="M13 8a5 5 0 1 1-1.6-3.7M13 2.2v2.6h-2.6"/>',
  grip: '<g fill="currentColor" stroke="none"><circle cx="6" cy="4" r="1"/><circle cx="10" cy="4" r="1"/><circle cx="6" cy="8" r="1"/><circle cx="10" cy="8" r="1"/><circle cx="6" cy="12" r="1"/><circle cx="10" cy="12" r="1"/></g>',
  sliders: '<path d="M2.5 5h5M11.5 5h2M2.5 11h1M7.5 11h6"/><circle cx="9.5" cy="5" r="1.8"/><circle cx="5.5" cy="11" r="1.8"/>',
  out: '<path d="M9 3.5H3.5v9h9V7M10 2.5h3.5V6M13.5 2.5 8 8"/>',
  flag: '<path d="M4 14V2.5h8l-2 3 2 3H4"/>',
  key: '<circle cx="5" cy="11" r="2.5"/><path d="m7 9 6-6M10.8 5.2l2 2"/>',
  bell: '<path d="M4.5 11V7a3.5 3.5 0 0 1 7 0v4l1 1h-9zM7 14h2"/>',
  keys: '<rect x="1.5" y="4" width="13" height="8" rx="1.5"/><path d="M4.5 7v.01M7 7v.01M9.5 7v.01M12 7v.01M5 9.7h6"/>',
  pointer: '<path d="m4 2.5 8.5 5.2-3.7.9-1.9 3.4z"/>',
  window: '<rect x="2" y="3" width="12" height="10" rx="1.5"/><path d="M2 6h12"/>',
  load: '<path d="M1.5 8.5h3l2-5 3 9 2-4h3"/>',
  lift: '<path d="M8 13V3.5M4 7l4-4 4 4"/>',
  wait: '<circle cx="8" cy="8" r="5.5" stroke-dasharray="2.2 2.12"/>',
} as const;

export type IconName = keyof typeof drawings;

const hatch =
  '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">' +
  '<rect class="hatch-ground" width="5" height="5"/><rect class="hatch-line" width="3" height="5"/></pattern>';

const sprite =
  `<defs>${hatch}</defs>` +
  Object.entries(drawings)
    .map(([name, drawing]) => `<symbol id="i-${name}" viewBox="0 0 16 16">${drawing}</symbol>`)
    .join('');

/** To be on the page once, before any icon. */
export function Sprite() {
  return <svg class="sprite" aria-hidden="true" dangerouslySetInnerHTML={{ __html: sprite }} />;
}

/** An icon says nothing to a screen reader: what it means stands beside it, or in its button's aria-label. */
export function Icon({ name, class: more }: { name: IconName; class?: string }) {
  return (
    <svg class={more ? `i ${more}` : 'i'} aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  );
}

/** The sign of the product. */
export function Mark() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <path d="M2 12h3v6H2zM6.3 7h3v11h-3zM10.6 2h3v16h-3z" fill="currentColor" />
      <path d="M15 10h3v8h-3z" class="g-active" />
    </svg>
  );
}
