import { Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ChangeView } from '../../editor/changeView';
import { messageOf } from '../api/client';
import { useSettings } from '../settings/settings';
import { useColorScheme } from '../settings/useColorScheme';
import classes from './History.module.css';
import type { ComparedFile } from './moments';

const loadView = () => import('../../editor/changeView');

/** One file at a moment, with what happened to it marked. */
export function ChangePane({ file }: { readonly file: ComparedFile | null }) {
  const [container, setContainer] = useState<HTMLElement | null>(null);
  const [view, setView] = useState<ChangeView | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const theme = useColorScheme();
  const fontSize = useSettings((settings) => settings.fontSize);

  useEffect(() => {
    if (container === null) return;
    let made: ChangeView | null = null;
    let gone = false;
    loadView().then(
      ({ createChangeView }) => {
        if (gone) return;
        made = createChangeView(container, theme, fontSize);
        setView(made);
      },
      (error: unknown) => {
        if (!gone) setFailure(messageOf(error));
      },
    );
    return () => {
      gone = true;
      made?.dispose();
      setView(null);
    };
  }, [container, theme, fontSize]);

  const { path, language, before, after } = file ?? {};
  useEffect(() => {
    if (path === undefined) view?.show(null);
    else view?.show({ path, language: language ?? '', before: before ?? '', after: after ?? '' });
  }, [view, path, language, before, after]);

  if (failure !== null) return <Text role="alert">The editor could not be loaded: {failure}</Text>;
  return <div ref={setContainer} className={classes['pane']} data-testid="history-text" data-path={path} />;
}
