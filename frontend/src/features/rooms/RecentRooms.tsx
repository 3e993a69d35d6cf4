import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import card from '../../styles/card.module.css';
import classes from './RecentRooms.module.css';
import { agoText, useRecentRooms } from './recentRooms';
import { roomPath } from './roomLink';

export function RecentRooms() {
  const rooms = useRecentRooms((recent) => recent.rooms);
  const forget = useRecentRooms((recent) => recent.forget);
  return (
    <section className={card['card']} aria-labelledby="recent-heading">
      <div className={card['body']}>
        <h2 id="recent-heading" className={card['heading']}>
          Recent rooms
        </h2>
        {rooms.length === 0 ? (
          <p className={classes['empty']}>
            Rooms that you have been in appear here. This list stays in your browser.
          </p>
        ) : (
          <ul className={classes['list']} data-testid="recent-rooms">
            {rooms.map((room) => (
              <li key={room.roomId} className={classes['row']}>
                <a className={classes['link']} href={roomPath(room.roomId)}>
                  <span className={classes['title']}>{room.title || 'Untitled room'}</span>
                  <span className={classes['when']}>{agoText(room.at, Date.now())}</span>
                </a>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Remove ${room.title || room.roomId} from this list`}
                  onClick={() => forget(room.roomId)}
                >
                  <IconX size={15} aria-hidden />
                </ActionIcon>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}
