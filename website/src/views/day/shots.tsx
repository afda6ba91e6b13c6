import { type TimeScale, xOf } from '../../charts/time_scale';

/** A screenshot, as the lanes show it. */
export interface Shot {
  id: string;
  /** In ms since 1970. */
  time: number;
  /** Only its key's holder can see it. */
  isSealed: boolean;
}

const thumbWidth = 46;
const apart = 52;

/** As many small pictures as there is room for. They lie over the lane of screenshots; `top` is in px. */
export function Thumbs({
  machine,
  shots,
  scale,
  top,
}: {
  machine: string;
  shots: readonly Shot[];
  scale: TimeScale;
  top: number;
}) {
  const drawn: { shot: Shot; x: number }[] = [];
  let last = -Infinity;
  for (const shot of shots) {
    const x = xOf(scale, shot.time);
    if (shot.isSealed || x - last < apart || x < 0 || x > scale.width - thumbWidth) continue;
    drawn.push({ shot, x });
    last = x;
  }
  return (
    <div class="thumbs">
      {drawn.map(({ shot, x }) => (
        <img
          key={shot.id}
          class="thumb"
          src={`/api/screenshots/${encodeURIComponent(machine)}/${shot.id}/thumbnail?width=96`}
          alt=""
          loading="lazy"
          draggable={false}
          style={{ left: `${x}px`, top: `${top}px` }}
        />
      ))}
    </div>
  );
}
