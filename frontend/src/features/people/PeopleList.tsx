import { Button } from '@mantine/core';
import classes from './PeopleBar.module.css';
import { PersonAvatar } from './PersonAvatar';
import type { PeopleProps } from './peopleProps';
import { placeText } from './peopleText';

export function PeopleList({ people, files, following, onFollow }: PeopleProps) {
  return (
    <ul className={classes['list']}>
      {people.map((person) => {
        const followed = person.clientId === following;
        return (
          <li key={person.clientId} className={classes['row']} data-testid="person-row">
            <PersonAvatar name={person.name} color={person.color} idle={person.idle} />
            <span className={classes['who']}>
              <span className={classes['name']}>
                {person.name}
                {person.isSelf ? ' (you)' : ''}
              </span>
              <span className={classes['place']}>{placeText(person, files)}</span>
            </span>
            {person.isSelf ? null : (
              <Button
                size="compact-sm"
                variant={followed ? 'filled' : 'default'}
                aria-pressed={followed}
                aria-label={followed ? `Stop following ${person.name}` : `Follow ${person.name}`}
                onClick={() => onFollow(followed ? null : person.clientId)}
              >
                {followed ? 'Stop' : 'Follow'}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
