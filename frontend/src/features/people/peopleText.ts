import type { Person, RoomFile } from '../../collab/types';

/** Where a person is, for others: “in src/main.py, away”; empty when nothing is known. */
export function placeText(person: Person, files: readonly RoomFile[]): string {
  const file = files.find((one) => one.id === person.fileId);
  return [file ? `in ${file.displayPath}` : '', person.idle ? 'away' : '']
    .filter(Boolean)
    .join(', ');
}

export function countText(count: number): string {
  return count === 1 ? '1 person' : `${count} people`;
}
