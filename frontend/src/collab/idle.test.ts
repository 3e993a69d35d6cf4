import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { IDLE_MS, watchIdle } from './idle';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('two quiet minutes are idle, a key ends it, and nothing is heard after the stop', () => {
  const onChange = vi.fn();
  const stop = watchIdle(document, onChange);
  vi.advanceTimersByTime(IDLE_MS - 20_000);
  document.dispatchEvent(new KeyboardEvent('keydown', { key: 'a' }));
  vi.advanceTimersByTime(IDLE_MS - 20_000);
  expect(onChange).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60_000);
  expect(onChange.mock.calls).toEqual([[true]]);
  document.dispatchEvent(new KeyboardEvent('keydown', { key: 'a' }));
  expect(onChange.mock.calls).toEqual([[true], [false]]);
  stop();
  vi.advanceTimersByTime(2 * IDLE_MS);
  expect(onChange).toHaveBeenCalledTimes(2);
});

test('a hidden page is idle at once', () => {
  const onChange = vi.fn();
  const stop = watchIdle(document, onChange);
  const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  document.dispatchEvent(new Event('visibilitychange'));
  expect(onChange).toHaveBeenLastCalledWith(true);
  hidden.mockReturnValue(false);
  document.dispatchEvent(new Event('visibilitychange'));
  expect(onChange).toHaveBeenLastCalledWith(false);
  stop();
});
