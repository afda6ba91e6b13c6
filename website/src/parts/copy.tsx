import { useState } from 'preact/hooks';
import { Icon } from '../icons';

/** A line to copy: a command, a link, a key. */
export function Copy({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setIsCopied(true);
    } catch {
      // No clipboard without HTTPS: the line is selected by a click, to be copied by hand.
    }
  };
  return (
    <span class="copy">
      <code>{text}</code>
      <button type="button" class="btn less" onClick={() => void copy()}>
        <Icon name={isCopied ? 'check' : 'copy'} />
        <span aria-live="polite">{isCopied ? 'Copied' : label}</span>
      </button>
    </span>
  );
}
