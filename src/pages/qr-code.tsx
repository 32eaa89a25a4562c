import type { VNode } from 'preact';

/** Light squares around it, which readers need. */
const MARGIN = 4;

export interface QrCodeProps {
  /** What it is, for who can't see it. */
  readonly title: string;
  /** Dark squares, row by row. */
  readonly squares: readonly (readonly boolean[])[];
}

/** A picture for the camera of a phone. */
export function QrCode({ title, squares }: QrCodeProps): VNode {
  const size = squares.length + 2 * MARGIN;
  const dark = squares.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x + MARGIN} ${y + MARGIN}h1v1h-1z`] : [])),
  );
  return (
    <svg class="mandaat-qr" role="img" aria-label={title} viewBox={`0 0 ${size} ${size}`} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={dark.join('')} fill="#000" />
    </svg>
  );
}
