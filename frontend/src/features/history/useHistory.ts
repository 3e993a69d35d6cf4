import { useCallback, useEffect, useMemo, useState } from 'react';
import { messageOf } from '../api/client';
import { type HistoryPoint, type Moment, listHistory, readMoment } from '../api/history';
import { Latest } from './latest';
import { MomentCache } from './momentCache';

export interface HistoryView {
  /** Null until the list has come. */
  readonly points: readonly HistoryPoint[] | null;
  readonly index: number;
  readonly moment: Moment | null;
  /** The moment one point earlier; null at the first. */
  readonly before: Moment | null;
  /** A moment is on its way; the one shown is an earlier choice. */
  readonly busy: boolean;
  readonly error: string | null;
  readonly go: (index: number) => void;
}

interface Shown {
  readonly moment: Moment;
  readonly before: Moment | null;
}

interface Choice {
  readonly point: HistoryPoint;
  readonly earlier: HistoryPoint | undefined;
}

/**
 * Where in the room's history somebody looks; at its end in the beginning. While a moment is on its
 * way no other is asked for, and then the one that is wanted by now: whoever drags sees as many
 * moments as the server gives.
 */
export function useHistory(roomId: string): HistoryView {
  const [points, setPoints] = useState<readonly HistoryPoint[] | null>(null);
  const [index, setIndex] = useState(0);
  const [shown, setShown] = useState<Shown | null>(null);
  const [busy, setBusy] = useState(true);
  const [error, setError] = useState<string | null>(null);
  const reader = useMemo(() => {
    const moments = new MomentCache((seq) => readMoment(roomId, seq));
    const latest: Latest<Choice> = new Latest(async ({ point, earlier }) => {
      try {
        const [moment, before] = await Promise.all([
          moments.get(point.seq),
          earlier ? moments.get(earlier.seq) : null,
        ]);
        setShown({ moment, before });
        setError(null);
      } catch (failure: unknown) {
        if (!latest.outdated) setError(messageOf(failure));
      }
      if (!latest.outdated) setBusy(false);
    });
    return latest;
  }, [roomId]);

  useEffect(() => {
    const stop = new AbortController();
    listHistory(roomId, stop.signal).then(
      (list) => {
        setPoints(list);
        setIndex(Math.max(0, list.length - 1));
      },
      (failure: unknown) => {
        if (!stop.signal.aborted) setError(messageOf(failure));
      },
    );
    return () => stop.abort();
  }, [roomId]);

  useEffect(() => {
    const point = points?.[index];
    if (point === undefined) return;
    setBusy(true);
    reader.ask({ point, earlier: points?.[index - 1] });
  }, [points, index, reader]);

  const count = points?.length ?? 0;
  const go = useCallback(
    (to: number) => setIndex(Math.min(Math.max(0, to), Math.max(0, count - 1))),
    [count],
  );
  return {
    points,
    index,
    moment: shown?.moment ?? null,
    before: shown?.before ?? null,
    busy,
    error,
    go,
  };
}
