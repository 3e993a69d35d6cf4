import { create } from 'zustand';
import { readObject, readText, writeText } from './storage';

export type Theme = 'auto' | 'light' | 'dark';

export interface Settings {
  readonly theme: Theme;
  readonly fontSize: number;
  readonly wordWrap: boolean;
  readonly minimap: boolean;
  readonly vim: boolean;
}

export const FONT_SIZE_MIN = 10;
export const FONT_SIZE_MAX = 32;

const SETTINGS_KEY = 'yoke.settings';
/** A key of its own, because theme.js reads it before anything else runs. */
const THEME_KEY = 'yoke.theme';

export function loadSettings(): Settings {
  const kept = readObject(SETTINGS_KEY);
  const theme = readText(THEME_KEY);
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
    fontSize: clampFontSize(kept['fontSize']),
    wordWrap: kept['wordWrap'] === true,
    minimap: kept['minimap'] === true,
    vim: kept['vim'] === true,
  };
}

export function clampFontSize(value: unknown): number {
  const size = typeof value === 'number' && Number.isFinite(value) ? Math.round(value) : 14;
  return Math.min(FONT_SIZE_MAX, Math.max(FONT_SIZE_MIN, size));
}

interface SettingsStore extends Settings {
  readonly change: (change: Partial<Settings>) => void;
}

export const useSettings = create<SettingsStore>((set, get) => ({
  ...loadSettings(),
  change: (change) => {
    set(change);
    const { theme, fontSize, wordWrap, minimap, vim } = get();
    writeText(THEME_KEY, theme);
    writeText(SETTINGS_KEY, JSON.stringify({ fontSize, wordWrap, minimap, vim }));
  },
}));
