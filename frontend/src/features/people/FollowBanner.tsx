import { Button } from '@mantine/core';
import type { Person } from '../../collab/types';
import { textOn } from '../identity/colors';
import classes from './FollowBanner.module.css';

interface FollowBannerProps {
  readonly person: Person;
  readonly onStop: () => void;
}

export function FollowBanner({ person, onStop }: FollowBannerProps) {
  return (
    <div
      className={classes['banner']}
      style={{ backgroundColor: person.color, color: textOn(person.color) }}
      role="status"
      data-testid="follow-banner"
    >
      <span className={classes['text']}>
        Following <strong>{person.name}</strong>
      </span>
      <Button
        size="compact-sm"
        variant="white"
        color="dark"
        onClick={onStop}
        data-testid="follow-stop"
      >
        Stop
      </Button>
    </div>
  );
}
