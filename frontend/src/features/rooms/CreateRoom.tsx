import { Alert, Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import card from '../../styles/card.module.css';
import { createRoom, messageOf } from '../api/client';
import { useIdentity } from '../identity/identity';
import classes from './CreateRoom.module.css';
import { StarterPreview } from './StarterPreview';
import { useRecentRooms } from './recentRooms';
import { roomPath } from './roomLink';
import { STARTERS, starterFor } from './starters';

const NAME_MAX = 120;

export function CreateRoom({ withName }: { withName: (action: () => void) => void }) {
  const [name, setName] = useState('');
  const [language, setLanguage] = useState('python');
  const [withCode, setWithCode] = useState(true);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const starter = starterFor(language);

  const create = async () => {
    setBusy(true);
    setError(null);
    try {
      const room = await createRoom(useIdentity.getState(), {
        ...(name.trim() ? { name: name.trim() } : {}),
        language,
        code: withCode ? starter.code : '',
      });
      useRecentRooms.getState().visit(room.room_id, room.name, true);
      window.location.assign(roomPath(room.room_id));
    } catch (failure) {
      setError(messageOf(failure));
      setBusy(false);
    }
  };

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    withName(() => void create());
  };

  return (
    <section className={`${card['card']} ${classes['create']}`} aria-labelledby="create-heading">
      <form className={card['body']} onSubmit={onSubmit}>
        <h2 id="create-heading" className={card['heading']}>
          New room
        </h2>
        <TextInput
          label="Name"
          placeholder="For example: Interview, or Fix the parser"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={NAME_MAX}
          autoComplete="off"
          data-testid="room-name"
        />
        <fieldset className={classes['languages']}>
          <legend>Language</legend>
          {STARTERS.map((choice) => (
            <label key={choice.language} className={classes['language']}>
              <input
                type="radio"
                name="language"
                className="visually-hidden"
                value={choice.language}
                checked={choice.language === language}
                onChange={() => setLanguage(choice.language)}
                data-testid={`language-${choice.language}`}
              />
              {choice.label}
            </label>
          ))}
        </fieldset>
        <label className={classes['start']}>
          <input
            type="checkbox"
            checked={withCode}
            disabled={starter.code === ''}
            onChange={(event) => setWithCode(event.currentTarget.checked)}
            data-testid="with-starter"
          />
          Start with a short example
        </label>
        {error ? (
          <Alert color="red" mt="md" role="alert" title="The room was not created">
            {error}
          </Alert>
        ) : null}
        <Button type="submit" size="md" mt="lg" fullWidth loading={busy} data-testid="create-room">
          Create room
        </Button>
      </form>
      <StarterPreview fileName={starter.fileName} code={withCode ? starter.code : ''} />
    </section>
  );
}
