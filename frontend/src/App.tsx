import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { Suspense, lazy } from 'react';
import { Loading } from './components/Loading';
import { roomOfPath } from './features/rooms/roomLink';
import { useColorScheme } from './features/settings/useColorScheme';
import { HomePage } from './pages/HomePage';
import { NotFoundPage } from './pages/NotFoundPage';
import { cssVariables, theme } from './styles/theme';

const EditorPage = lazy(() =>
  import('./pages/EditorPage').then((module) => ({ default: module.EditorPage })),
);

/**
 * Pages are changed by real navigation, never inside the page: so the browser
 * asks before unsaved edits are left behind, whichever way somebody leaves.
 */
export function App() {
  const scheme = useColorScheme();
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} forceColorScheme={scheme}>
      <Notifications position="bottom-right" autoClose={5000} limit={4} />
      <Suspense fallback={<Loading label="Opening the room" />}>
        <Page path={window.location.pathname} />
      </Suspense>
    </MantineProvider>
  );
}

function Page({ path }: { path: string }) {
  const roomId = roomOfPath(path);
  if (roomId !== null) return <EditorPage roomId={roomId} />;
  return path === '/' || path === '/index.html' ? <HomePage /> : <NotFoundPage />;
}
