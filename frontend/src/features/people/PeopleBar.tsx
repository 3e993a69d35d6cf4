import { Popover, Tooltip, UnstyledButton } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import type { Person } from '../../collab/types';
import { useEscapeFocus } from '../../hooks/useEscapeFocus';
import classes from './PeopleBar.module.css';
import { PeopleList } from './PeopleList';
import { PersonAvatar } from './PersonAvatar';
import type { PeopleProps } from './peopleProps';
import { countText, placeText } from './peopleText';

const AVATARS_MAX = 5;

/** The faces at the top: click one to follow, open the list for all of them. */
export function PeopleBar(props: PeopleProps) {
  const { people, files, following, onFollow } = props;
  const shown = people.slice(0, AVATARS_MAX);
  const { button, onKeyDown } = useEscapeFocus<HTMLButtonElement>();
  return (
    <div className={classes['bar']} role="group" aria-label="People here" data-testid="people">
      <div className={classes['faces']}>
        {shown.map((person) => (
          <Face
            key={person.clientId}
            person={person}
            place={placeText(person, files)}
            followed={person.clientId === following}
            onFollow={onFollow}
          />
        ))}
      </div>
      <Popover width={280} position="bottom-end" trapFocus returnFocus={false} shadow="md">
        <Popover.Target>
          <UnstyledButton
            ref={button}
            className={classes['count']}
            aria-label={`${countText(people.length)} here. Show the list`}
            data-testid="people-list-button"
          >
            <IconUsers size={16} aria-hidden />
            <span>{people.length}</span>
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown aria-label="People here" p="xs" onKeyDown={onKeyDown}>
          <PeopleList {...props} />
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}

interface FaceProps {
  readonly person: Person;
  readonly place: string;
  readonly followed: boolean;
  readonly onFollow: (clientId: number | null) => void;
}

function Face({ person, place, followed, onFollow }: FaceProps) {
  const avatar = <PersonAvatar name={person.name} color={person.color} idle={person.idle} />;
  if (person.isSelf) {
    const text = `${person.name} (you)`;
    return (
      <Tooltip label={text}>
        <span className={classes['face']} role="img" aria-label={text} data-testid="person">
          {avatar}
        </span>
      </Tooltip>
    );
  }
  const action = followed ? `Stop following ${person.name}` : `Follow ${person.name}`;
  return (
    // Not while following: it would cover the banner's button to stop.
    <Tooltip disabled={followed} label={`${action}${place ? ` — ${place}` : ''}`}>
      <UnstyledButton
        className={classes['face']}
        aria-label={place ? `${action}, ${place}` : action}
        aria-pressed={followed}
        data-testid="person"
        data-name={person.name}
        onClick={() => onFollow(followed ? null : person.clientId)}
      >
        {avatar}
      </UnstyledButton>
    </Tooltip>
  );
}
