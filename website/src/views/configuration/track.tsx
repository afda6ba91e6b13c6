interface TrackProps {
  label: string;
  /** How many machines there are of each. */
  done: number;
  open: number;
  bad: number;
}

/** A bar of machines: those that have a version, those that do not yet, and those where it went wrong. */
export function Track({ label, done, open, bad }: TrackProps) {
  return (
    <div class="track" role="img" aria-label={label}>
      {done > 0 && <i class="done" style={{ flex: done }} />}
      {open > 0 && <i class="open" style={{ flex: open }} />}
      {bad > 0 && <i class="bad" style={{ flex: bad }} />}
      {done + open + bad === 0 && <i style={{ flex: 1 }} />}
    </div>
  );
}
