import {
  type CSSVariablesResolver,
  Menu,
  Modal,
  Notification,
  Popover,
  Switch,
  createTheme,
} from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'teal',
  colors: {
    teal: [
      '#effbf9',
      '#d5f3ee',
      '#a9e6dd',
      '#78d8ca',
      '#4ec9b8',
      '#2bb3a1',
      '#17958a',
      '#0f766e',
      '#0d655e',
      '#0a4f4a',
    ],
    dark: [
      '#e2e5e8',
      '#c3c9ce',
      '#9ba4ac',
      '#737c84',
      '#3b4145',
      '#2d3134',
      '#24282b',
      '#1e2123',
      '#17191b',
      '#101213',
    ],
  },
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: 'md',
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Ubuntu, sans-serif",
  fontFamilyMonospace: 'var(--yoke-mono)',
  headings: { fontWeight: '650' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // Without the placeholder an open menu holds its items alone, as its role demands.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    // A press elsewhere is seen before it moves the focus, so the focus stays where it went.
    Popover: Popover.extend({ defaultProps: { clickOutsideCapture: true } }),
    Modal: Modal.extend({
      defaultProps: {
        closeButtonProps: { 'aria-label': 'Close' },
        // A dialog's header is no second banner of the page.
        attributes: { header: { role: 'none' } },
      },
      styles: { title: { fontSize: '1.0625rem', fontWeight: 650 } },
    }),
    Switch: Switch.extend({
      defaultProps: { withThumbIndicator: false },
      styles: { track: { boxShadow: 'inset 0 0 0 1px var(--yoke-line-strong)' } },
    }),
    Notification: Notification.extend({
      defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } },
      styles: { description: { color: 'var(--yoke-dim)' } },
    }),
  },
});

/** Mantine's surfaces in our colours; its dimmed text is too pale for us. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--yoke-raised)',
    '--mantine-color-text': 'var(--yoke-text)',
    '--mantine-color-dimmed': 'var(--yoke-dim)',
    '--mantine-color-placeholder': 'var(--yoke-dim)',
    '--mantine-color-default-border': 'var(--yoke-line)',
    '--mantine-color-error': 'var(--yoke-bad)',
  };
  return { variables: {}, light: shared, dark: shared };
};
