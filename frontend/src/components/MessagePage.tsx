import type { ReactNode } from 'react';
import { Logo } from './Logo';
import classes from './MessagePage.module.css';

interface MessagePageProps {
  readonly heading: string;
  readonly text: string;
  /** What the server said, in its own words. */
  readonly reason?: string | undefined;
  readonly testId?: string;
  readonly children: ReactNode;
}

/** A page that says one thing and offers what to do about it. */
export function MessagePage({ heading, text, reason, testId, children }: MessagePageProps) {
  return (
    <main className={classes['page']} data-testid={testId}>
      <Logo size={44} />
      <h1 className={classes['heading']}>{heading}</h1>
      {reason ? <p className={classes['reason']}>{reason}</p> : null}
      <p className={classes['text']}>{text}</p>
      <div className={classes['actions']}>{children}</div>
    </main>
  );
}
