import { Button } from '@mantine/core';
import { Logo } from './Logo';
import classes from './PageHeader.module.css';
import { ThemeToggle } from './ThemeToggle';
import { PersonAvatar } from '../features/people/PersonAvatar';
import { useIdentity } from '../features/identity/identity';

export function PageHeader({ onEditName }: { onEditName: () => void }) {
  const name = useIdentity((identity) => identity.name);
  const color = useIdentity((identity) => identity.color);
  return (
    <header className={classes['header']}>
      <a className={classes['brand']} href="/">
        <Logo />
        <span>Yoke</span>
      </a>
      <div className={classes['end']}>
        <Button
          variant="subtle"
          color="gray"
          size="compact-md"
          className={classes['name']}
          aria-label={name ? `${name}: change your name and colour` : undefined}
          leftSection={name ? <PersonAvatar name={name} color={color} size={22} /> : null}
          data-testid="identity"
          onClick={onEditName}
        >
          {name || 'Set your name'}
        </Button>
        <ThemeToggle />
      </div>
    </header>
  );
}
