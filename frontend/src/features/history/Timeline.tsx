import { ActionIcon, Slider } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useState } from 'react';
import type { HistoryPoint } from '../api/history';
import classes from './History.module.css';
import { pointText } from './moments';

/** Between two moments while it plays. */
const STEP_MS = 600;

/** So many presses of PageUp or PageDown go through the whole, however long it is. */
const PAGES = 20;

interface TimelineProps {
  readonly points: readonly HistoryPoint[];
  readonly index: number;
  readonly busy: boolean;
  readonly onGo: (index: number) => void;
}

export function Timeline({ points, index, busy, onGo }: TimelineProps) {
  const [playing, setPlaying] = useState(false);
  const last = points.length - 1;
  const now = Date.now();

  useEffect(() => {
    if (!playing || busy) return;
    if (index >= last) {
      setPlaying(false);
      return;
    }
    const timer = setTimeout(() => onGo(index + 1), STEP_MS);
    return () => clearTimeout(timer);
  }, [playing, busy, index, last, onGo]);

  const togglePlaying = () => {
    if (!playing && index >= last) onGo(0);
    setPlaying(!playing);
  };
  const go = (to: number) => {
    setPlaying(false);
    onGo(to);
  };

  const page = (event: KeyboardEvent) => {
    const way = event.key === 'PageUp' ? 1 : event.key === 'PageDown' ? -1 : 0;
    if (way === 0) return;
    event.preventDefault();
    go(index + way * Math.max(1, Math.round(last / PAGES)));
  };

  return (
    <div className={classes['timeline']}>
      <ActionIcon
        size="lg"
        onClick={togglePlaying}
        disabled={last < 1}
        aria-label={playing ? 'Pause' : 'Play'}
        title={playing ? 'Pause' : 'Watch it being written'}
        data-testid="history-play"
      >
        {playing ? <IconPlayerPause size={18} aria-hidden /> : <IconPlayerPlay size={18} aria-hidden />}
      </ActionIcon>
      <ActionIcon
        variant="default"
        size="lg"
        onClick={() => go(index - 1)}
        disabled={index === 0}
        aria-label="Earlier"
        data-testid="history-earlier"
      >
        <IconChevronLeft size={18} aria-hidden />
      </ActionIcon>
      <Slider
        className={classes['slider'] ?? ''}
        value={index}
        min={0}
        max={Math.max(last, 1)}
        disabled={last < 1}
        onChange={go}
        onKeyDown={page}
        label={null}
        thumbLabel="Moment"
        thumbValueText={(value) => pointText(points, value, now)}
        data-testid="history-slider"
      />
      <ActionIcon
        variant="default"
        size="lg"
        onClick={() => go(index + 1)}
        disabled={index >= last}
        aria-label="Later"
        data-testid="history-later"
      >
        <IconChevronRight size={18} aria-hidden />
      </ActionIcon>
    </div>
  );
}
