import { Loader } from '@mantine/core';
import classes from './Loading.module.css';

export function Loading({ label }: { label: string }) {
  return (
    <div className={classes['box']} role="status">
      <Loader size="sm" aria-hidden />
      <span>{label}…</span>
    </div>
  );
}
