import { ActionIcon, Tooltip } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';
import { type Theme, useSettings } from '../features/settings/settings';

const THEMES: Record<Theme, { next: Theme; label: string; Icon: typeof IconSun }> = {
  auto: { next: 'light', label: 'like the system', Icon: IconDeviceDesktop },
  light: { next: 'dark', label: 'light', Icon: IconSun },
  dark: { next: 'auto', label: 'dark', Icon: IconMoon },
};

export function ThemeToggle() {
  const theme = useSettings((settings) => settings.theme);
  const change = useSettings((settings) => settings.change);
  const { next, label, Icon } = THEMES[theme];
  const text = `Theme: ${label}. Change to ${THEMES[next].label}`;
  return (
    <Tooltip label={text}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={text}
        data-testid="theme-toggle"
        data-theme={theme}
        onClick={() => change({ theme: next })}
      >
        <Icon size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
