import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import card from '../../styles/card.module.css';
import { messageOf, readRoom } from '../api/client';
import classes from './JoinRoom.module.css';
import { parseJoin, roomPath } from './roomLink';

export function JoinRoom() {
  const [input, setInput] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const join = async () => {
    const target = parseJoin(input, window.location.origin);
    if ('error' in target) {
      setError(target.error);
      return;
    }
    setBusy(true);
    setError(null);
    try {
      await readRoom(target.roomId);
      window.location.assign(roomPath(target.roomId));
    } catch (failure) {
      setError(messageOf(failure));
      setBusy(false);
    }
  };

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void join();
  };

  return (
    <section className={card['card']} aria-labelledby="join-heading">
      <form className={card['body']} onSubmit={onSubmit} noValidate>
        <h2 id="join-heading" className={card['heading']}>
          Join a room
        </h2>
        <div className={classes['row']}>
          <TextInput
            className={classes['input']}
            aria-label="Link or id of the room"
            placeholder="Paste its link or id"
            value={input}
            onChange={(event) => {
              setInput(event.currentTarget.value);
              setError(null);
            }}
            error={error}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            data-testid="join-input"
          />
          <Button type="submit" variant="default" loading={busy} data-testid="join-button">
            Join
          </Button>
        </div>
      </form>
    </section>
  );
}
