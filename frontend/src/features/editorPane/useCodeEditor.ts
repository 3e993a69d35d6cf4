import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { RoomSession } from '../../collab/types';
import type { CodeEditor, EditorOptions, EditorStatus } from '../../editor/types';
import { complete } from '../api/complete';
import { messageOf } from '../api/client';
import { useSettings } from '../settings/settings';
import { useColorScheme } from '../settings/useColorScheme';

export interface EditorPlace {
  readonly container: HTMLElement | null;
  readonly vimStatus: HTMLElement | null;
}

export interface CodeEditorState {
  readonly editor: CodeEditor | null;
  /** Set when the editor itself could not be loaded. */
  readonly failure: string | null;
}

const loadEditor = () => import('../../editor/create');

export function preloadEditor(): void {
  // A failure is shown where the editor is needed.
  loadEditor().catch(() => undefined);
}

/** The code editor inside `container`, loaded when needed and kept up with the settings. */
export function useCodeEditor(
  session: RoomSession,
  place: EditorPlace,
  onWantFile: (fileId: string) => void,
): CodeEditorState {
  const [state, setState] = useState<CodeEditorState>({ editor: null, failure: null });
  const options = useEditorOptions();
  const optionsNow = useRef(options);
  const wantFile = useRef(onWantFile);
  const { container, vimStatus } = place;

  useEffect(() => {
    optionsNow.current = options;
    state.editor?.setOptions(options);
  }, [options, state.editor]);

  useEffect(() => {
    wantFile.current = onWantFile;
  }, [onWantFile]);

  useEffect(() => {
    if (!container || !vimStatus) return;
    let made: CodeEditor | null = null;
    let gone = false;
    loadEditor().then(
      ({ createEditor }) => {
        if (gone) return;
        made = createEditor(container, {
          session,
          options: optionsNow.current,
          complete,
          vimStatus,
          onWantFile: (fileId) => wantFile.current(fileId),
          ariaLabel: 'Code editor',
        });
        setState({ editor: made, failure: null });
      },
      (error: unknown) => {
        if (!gone) setState({ editor: null, failure: messageOf(error) });
      },
    );
    return () => {
      gone = true;
      made?.dispose();
      setState({ editor: null, failure: null });
    };
  }, [session, container, vimStatus]);

  return state;
}

function useEditorOptions(): EditorOptions {
  const theme = useColorScheme();
  const fontSize = useSettings((settings) => settings.fontSize);
  const wordWrap = useSettings((settings) => settings.wordWrap);
  const minimap = useSettings((settings) => settings.minimap);
  const vim = useSettings((settings) => settings.vim);
  const [options, setOptions] = useState<EditorOptions>(() => ({
    theme,
    fontSize,
    wordWrap,
    minimap,
    vim,
  }));
  useEffect(() => {
    setOptions({ theme, fontSize, wordWrap, minimap, vim });
  }, [theme, fontSize, wordWrap, minimap, vim]);
  return options;
}

const NO_STATUS: EditorStatus = {
  fileId: null,
  language: 'plaintext',
  languageLabel: 'Plain text',
  languageDetected: true,
  line: 1,
  column: 1,
  selected: 0,
  cursors: 1,
  following: null,
};

const never = () => () => undefined;
const noStatus = () => NO_STATUS;

export function useEditorStatus(editor: CodeEditor | null): EditorStatus {
  return useSyncExternalStore(editor?.status.subscribe ?? never, editor?.status.get ?? noStatus);
}

/** Puts the caret into the editor once React is done with what the click changed. */
export function useFocusEditor(editor: CodeEditor | null): () => void {
  return useCallback(() => {
    setTimeout(() => editor?.focus(), 0);
  }, [editor]);
}
