/** A yoke: one beam, two bows. The same drawing as favicon.svg. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect width="32" height="32" rx="8" fill="#0f766e" />
      <g fill="none" strokeLinecap="round" strokeLinejoin="round">
        <path stroke="#99f6e4" strokeWidth="2.2" d="M6.8 12.2V19.5a3.7 3.7 0 0 0 7.4 0v-7.6" />
        <path stroke="#99f6e4" strokeWidth="2.2" d="M17.8 11.9v7.6a3.7 3.7 0 0 0 7.4 0v-7.3" />
        <path
          stroke="#fff"
          strokeWidth="3.2"
          d="M4 13.5c2-4 4.5-4.5 6-4.5 2.5 0 4.5 2 6 4 1.5-2 3.5-4 6-4 1.5 0 4 .5 6 4.5"
        />
      </g>
    </svg>
  );
}
