import { Button, ColorSwatch, Modal, TextInput } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { COLORS } from './colors';
import classes from './NameDialog.module.css';
import { NAME_MAX, checkMail, cleanName, useIdentity } from './identity';

interface NameDialogProps {
  readonly opened: boolean;
  readonly onSaved: () => void;
  /** Without it the dialog cannot be left before a name is given. */
  readonly onClose?: (() => void) | undefined;
}

export function NameDialog({ opened, onSaved, onClose }: NameDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose ?? (() => undefined)}
      withCloseButton={onClose !== undefined}
      closeOnClickOutside={false}
      title="What should others call you?"
      centered
    >
      <NameForm onSaved={onSaved} />
    </Modal>
  );
}

function NameForm({ onSaved }: { onSaved: () => void }) {
  const identity = useIdentity();
  const [name, setName] = useState(identity.name);
  const [mail, setMail] = useState(identity.mail);
  const [color, setColor] = useState(identity.color);
  const [tried, setTried] = useState(false);
  const nameError = tried && cleanName(name) === '' ? 'Please give a name.' : null;
  const mailError = tried ? checkMail(mail) : null;

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (cleanName(name) === '' || checkMail(mail) !== null) return;
    identity.change({ name: cleanName(name), mail: mail.trim(), color });
    onSaved();
  };

  return (
    <form onSubmit={onSubmit} noValidate>
      <TextInput
        label="Your name"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={nameError}
        maxLength={NAME_MAX}
        autoComplete="nickname"
        data-autofocus
        data-testid="name-input"
      />
      <fieldset className={classes['colors']}>
        <legend>Your colour</legend>
        {COLORS.map(({ value, label }) => (
          <label key={value} className={classes['color']} title={label}>
            <input
              type="radio"
              name="color"
              className="visually-hidden"
              value={value}
              aria-label={label}
              checked={value === color}
              onChange={() => setColor(value)}
            />
            <ColorSwatch component="span" color={value} size={26} withShadow={false}>
              {value === color ? <IconCheck size={16} color="#fff" aria-hidden /> : null}
            </ColorSwatch>
          </label>
        ))}
      </fieldset>
      <TextInput
        mt="md"
        label="E-mail (optional)"
        description="Makes rooms yours on every machine. Others do not see it."
        type="email"
        value={mail}
        onChange={(event) => setMail(event.currentTarget.value)}
        error={mailError}
        autoComplete="email"
        data-testid="mail-input"
      />
      <Button type="submit" fullWidth mt="lg" data-testid="name-save">
        Continue
      </Button>
    </form>
  );
}
