import { useMemo } from 'react';
import classes from './StarterPreview.module.css';
import { highlight } from './highlight';

/** A picture of what the new room starts with. */
export function StarterPreview({ fileName, code }: { fileName: string; code: string }) {
  const pieces = useMemo(() => highlight(code), [code]);
  return (
    <div className={classes['preview']} aria-hidden>
      <div className={classes['tabs']}>
        <span className={classes['tab']}>{fileName}</span>
      </div>
      <pre className={classes['code']}>
        {code === '' ? (
          <span className={classes['empty']}>An empty file, yours to fill.</span>
        ) : (
          pieces.map((piece, index) => (
            <span key={index} className={classes[piece.kind]}>
              {piece.text}
            </span>
          ))
        )}
      </pre>
    </div>
  );
}
