import { initials, textOn } from '../identity/colors';
import classes from './PersonAvatar.module.css';

interface PersonAvatarProps {
  readonly name: string;
  readonly color: string;
  readonly size?: number;
  readonly idle?: boolean;
}

/** Decoration: whatever holds it says the name. */
export function PersonAvatar({ name, color, size = 28, idle = false }: PersonAvatarProps) {
  return (
    <span
      aria-hidden
      className={classes['avatar']}
      data-idle={idle || undefined}
      data-initials={initials(name)}
      style={{
        width: size,
        height: size,
        fontSize: Math.round(size * 0.4),
        backgroundColor: color,
        color: textOn(color),
      }}
    />
  );
}
