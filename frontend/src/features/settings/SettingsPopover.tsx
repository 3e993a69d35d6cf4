import { ActionIcon, Button, NumberInput, Popover, SegmentedControl, Switch } from '@mantine/core';
import { IconSettings } from '@tabler/icons-react';
import { useEscapeFocus } from '../../hooks/useEscapeFocus';
import classes from './SettingsPopover.module.css';
import { FONT_SIZE_MAX, FONT_SIZE_MIN, clampFontSize, useSettings } from './settings';

const THEMES = [
  { value: 'auto' as const, label: 'Auto' },
  { value: 'light' as const, label: 'Light' },
  { value: 'dark' as const, label: 'Dark' },
];

const SWITCHES = [
  { key: 'wordWrap', label: 'Wrap long lines' },
  { key: 'minimap', label: 'Minimap' },
  { key: 'vim', label: 'Vim keys' },
] as const;

export function SettingsPopover({ onEditName }: { onEditName: () => void }) {
  const settings = useSettings();
  const { button, onKeyDown } = useEscapeFocus<HTMLButtonElement>();
  return (
    <Popover width={280} position="bottom-end" trapFocus returnFocus={false} shadow="md">
      <Popover.Target>
        <ActionIcon
          ref={button}
          variant="subtle"
          color="gray"
          size="lg"
          aria-label="Settings"
          title="Settings"
          data-testid="settings"
        >
          <IconSettings size={18} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown
        aria-label="Settings"
        className={classes['panel']}
        onKeyDown={onKeyDown}
      >
        <SegmentedControl
          aria-label="Theme"
          data={THEMES}
          value={settings.theme}
          onChange={(theme) => settings.change({ theme })}
          data-testid="setting-theme"
        />
        <NumberInput
          label="Font size"
          value={settings.fontSize}
          onChange={(size) => {
            if (typeof size === 'number') settings.change({ fontSize: clampFontSize(size) });
          }}
          min={FONT_SIZE_MIN}
          max={FONT_SIZE_MAX}
          clampBehavior="blur"
          allowDecimal={false}
          data-testid="font-size"
        />
        {SWITCHES.map(({ key, label }) => (
          <Switch
            key={key}
            label={label}
            labelPosition="left"
            checked={settings[key]}
            onChange={(event) => settings.change({ [key]: event.currentTarget.checked })}
            classNames={{ body: classes['switch'] ?? '' }}
            data-testid={`setting-${key}`}
          />
        ))}
        <Button variant="default" size="sm" onClick={onEditName} data-testid="change-name">
          Name and colour…
        </Button>
        <p className={classes['hint']}>
          In the editor Tab indents. <kbd>Ctrl</kbd>+<kbd>M</kbd> makes it move on instead, and back
          (on a Mac <kbd>⌃</kbd>+<kbd>⇧</kbd>+<kbd>M</kbd>).
        </p>
      </Popover.Dropdown>
    </Popover>
  );
}
