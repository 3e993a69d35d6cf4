/** A yoke: one beam, two bows. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect width="32" height="32" rx="8" fill="#0f766e" />
      <g
        fill="none"
        stroke="#fff"
        strokeWidth="2.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d="M5 12c3-3.5 8-3 11 0 3-3 8-3.5 11 0" />
        <path d="M7 11.5V19a3.75 3.75 0 0 0 7.5 0v-7.8" />
        <path d="M17.5 11.2V19a3.75 3.75 0 0 0 7.5 0v-7.5" />
      </g>
    </svg>
  );
}
