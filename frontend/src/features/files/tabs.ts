/** The open files of one window, in the order of their tabs. */
export interface Tabs {
  readonly open: readonly string[];
  readonly active: string | null;
}

export const NO_TABS: Tabs = { open: [], active: null };

export function openTab(tabs: Tabs, fileId: string): Tabs {
  if (tabs.active === fileId && tabs.open.includes(fileId)) return tabs;
  return {
    open: tabs.open.includes(fileId) ? tabs.open : [...tabs.open, fileId],
    active: fileId,
  };
}

/** Closing the active tab goes to its right neighbour, or the left one at the end. */
export function closeTab(tabs: Tabs, fileId: string): Tabs {
  const at = tabs.open.indexOf(fileId);
  if (at < 0) return tabs;
  const open = tabs.open.filter((id) => id !== fileId);
  const active = tabs.active === fileId ? (open[at] ?? open[open.length - 1] ?? null) : tabs.active;
  return { open, active };
}

/** Closes the tabs of files that are gone; the same object when there are none. */
export function keepExisting(tabs: Tabs, exists: (fileId: string) => boolean): Tabs {
  return tabs.open.filter((id) => !exists(id)).reduce(closeTab, tabs);
}

/** The tab `step` places away from the active one, going round at the ends. */
export function neighbour(tabs: Tabs, step: 1 | -1): string | null {
  const at = tabs.active === null ? -1 : tabs.open.indexOf(tabs.active);
  if (at < 0) return null;
  return tabs.open[(at + step + tabs.open.length) % tabs.open.length] ?? null;
}

/** Names for tabs: the last part of the path, with its folder where two are alike. */
export function tabLabels(paths: readonly string[]): string[] {
  const names = paths.map((path) => path.slice(path.lastIndexOf('/') + 1));
  return paths.map((path, index) => {
    const name = names[index] ?? path;
    const alike = names.filter((other) => other === name).length > 1;
    return alike ? path : name;
  });
}
