import { Button } from '@mantine/core';
import { MessagePage } from '../components/MessagePage';
import { useDocumentTitle } from '../hooks/useDocumentTitle';

export function NotFoundPage() {
  useDocumentTitle('Page not found');
  return (
    <MessagePage heading="There is no page here" text="The address may have been cut off.">
      <Button component="a" href="/">
        Go to the start page
      </Button>
    </MessagePage>
  );
}
