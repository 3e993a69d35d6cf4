import { useCallback, useEffect, useMemo, useState } from 'react';
import type { RoomSession } from '../../collab/types';
import { useStore } from '../../hooks/useStore';
import { NO_TABS, type Tabs, closeTab, keepExisting, neighbour, openTab } from './tabs';

export interface TabsControl {
  readonly tabs: Tabs;
  readonly open: (fileId: string) => void;
  readonly close: (fileId: string) => void;
  readonly step: (by: 1 | -1) => void;
}

/** The tabs of this window: opens the main file at first, drops files that are gone. */
export function useTabs(session: RoomSession): TabsControl {
  const files = useStore(session.files);
  const { everSynced } = useStore(session.connection);
  const [tabs, setTabs] = useState<Tabs>(NO_TABS);

  useEffect(() => {
    if (!everSynced) return;
    const mainId = session.files.mainId();
    if (mainId !== null) setTabs((now) => openTab(now, mainId));
  }, [everSynced, session]);

  useEffect(() => {
    const ids = new Set(files.map((file) => file.id));
    setTabs((now) => keepExisting(now, (id) => ids.has(id)));
  }, [files]);

  const open = useCallback((fileId: string) => setTabs((now) => openTab(now, fileId)), []);
  const close = useCallback((fileId: string) => setTabs((now) => closeTab(now, fileId)), []);
  const step = useCallback((by: 1 | -1) => {
    setTabs((now) => {
      const next = neighbour(now, by);
      return next === null ? now : openTab(now, next);
    });
  }, []);
  return useMemo(() => ({ tabs, open, close, step }), [tabs, open, close, step]);
}
