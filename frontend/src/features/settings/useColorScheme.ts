import { useMediaQuery } from '@mantine/hooks';
import { useSettings } from './settings';

/** What `auto` comes to on this machine, now. */
export function useColorScheme(): 'light' | 'dark' {
  const theme = useSettings((settings) => settings.theme);
  const systemIsDark = useMediaQuery('(prefers-color-scheme: dark)', undefined, {
    getInitialValueInEffect: false,
  });
  if (theme !== 'auto') return theme;
  return systemIsDark ? 'dark' : 'light';
}
