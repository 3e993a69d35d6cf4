import type { ConnectionState, SavedState } from '../../collab/types';

export type Tone = 'good' | 'busy' | 'bad';

export interface StatusText {
  readonly text: string;
  readonly tone: Tone;
}

export function connectionText(connection: ConnectionState): StatusText {
  switch (connection.status) {
    case 'online':
      return { text: 'Connected', tone: 'good' };
    case 'connecting':
      return { text: 'Connecting…', tone: 'busy' };
    case 'offline':
      return { text: 'Offline', tone: 'bad' };
    case 'refused':
      return { text: 'Disconnected', tone: 'bad' };
  }
}

/** Says no more than the server has confirmed. */
export function savedText(saved: SavedState): StatusText {
  switch (saved.state) {
    case 'saved':
      return { text: 'Saved', tone: 'good' };
    case 'saving':
      return { text: 'Saving…', tone: 'busy' };
    case 'unsaved':
      return {
        text: saved.reason === undefined ? 'Not saved yet' : `Not saved: ${saved.reason}`,
        tone: 'bad',
      };
    case 'offline':
      return saved.unsavedEdits > 0
        ? { text: `${editsText(saved.unsavedEdits)} not saved`, tone: 'bad' }
        : { text: 'Not known', tone: 'bad' };
  }
}

export function editsText(count: number): string {
  return count === 1 ? '1 edit' : `${count} edits`;
}

export function offlineText(unsavedEdits: number): string {
  const kept = unsavedEdits === 0 ? '' : `, ${editsText(unsavedEdits)} kept here`;
  return `You are offline — typing goes on${kept}.`;
}

export interface RefusedText {
  readonly heading: string;
  readonly advice: string;
}

/** What to tell when the server refused the room for good. */
export function refusedText(code: number | undefined, wasInside: boolean): RefusedText {
  switch (code) {
    case 404:
      if (wasInside) {
        return {
          heading: 'The server does not know this room any more',
          advice: 'It may have been deleted, or the server was set up anew.',
        };
      }
      return {
        heading: 'This room does not exist',
        advice: 'Check that the whole link was copied, or ask for it again.',
      };
    case 403:
    case 4403:
      return {
        heading: 'The server refused this page',
        advice: 'Open the room at the address that the server’s owner gave you.',
      };
    case 503:
      return {
        heading: 'This room cannot be read right now',
        advice: 'Nothing was overwritten. Try again in a while, or tell the server’s owner.',
      };
    case 410:
    case 4404:
    case 4410:
      return {
        heading: 'This room was deleted',
        advice: 'Its creator has deleted it for everyone.',
      };
    case 4413:
      return {
        heading: 'An edit was too large for the server',
        advice:
          'Download what is in this window, then load the page again and edit in smaller steps.',
      };
    case 4429:
      return {
        heading: 'Too much was sent at once',
        advice: 'Your edits are still here. Wait a moment, then try again.',
      };
    default:
      return {
        heading: 'The server closed this room',
        advice: 'Trying again may help.',
      };
  }
}

export interface Position {
  readonly line: number;
  readonly column: number;
  readonly selected: number;
  readonly cursors: number;
}

export function positionText({ line, column, selected, cursors }: Position): string {
  const place = cursors > 1 ? `${cursors} cursors` : `Ln ${line}, Col ${column}`;
  return selected > 0 ? `${place} (${selected} selected)` : place;
}
