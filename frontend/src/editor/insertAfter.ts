import * as Y from 'yjs';

/**
 * Inserts right after the character that stands before `offset`.
 *
 * `Y.Text.insert` first goes past characters that were deleted there, by anybody. What one person types in a row then
 * does not hang together: a text that somebody else wrote there meanwhile can come to stand in the middle of a word.
 */
export function insertAfter(text: Y.Text, offset: number, inserted: string, transaction: Y.Transaction): void {
  const { left, right } = neighbours(text, offset);
  if (right?.deleted !== true) return text.insert(offset, inserted);
  const { clientID, store } = transaction.doc;
  const id = Y.createID(clientID, Y.getState(store, clientID));
  const content = new Y.ContentString(inserted);
  new Y.Item(id, left, left?.lastId ?? null, right, right.id, text, null, content).integrate(transaction, 0);
  // Yjs remembers the indexes of some items; they are not right any more.
  if (text._searchMarker !== null) text._searchMarker.length = 0;
}

/** What is left and right of `offset`, deleted or not; `right` is not deleted where the offset is inside of an item. */
function neighbours(text: Y.Text, offset: number): { left: Y.Item | null; right: Y.Item | null } {
  let { item: right, before } = startFor(text, offset);
  let left = right?.left ?? null;
  for (; right !== null && before < offset; right = right.right) {
    if (right.countable && !right.deleted) before += right.length;
    if (before > offset) break;
    left = right;
  }
  return { left, right };
}

/** An item left of `offset`, not far from it where Yjs remembers one nearby, and how many characters stand before it. */
function startFor(text: Y.Text, offset: number): { item: Y.Item | null; before: number } {
  let item = text._start;
  let before = 0;
  for (const { p, index } of text._searchMarker ?? []) {
    if (Math.abs(index - offset) >= Math.abs(before - offset)) continue;
    item = p;
    before = index;
  }
  while (item !== null && item.left !== null && before >= offset) {
    item = item.left;
    if (item.countable && !item.deleted) before -= item.length;
  }
  return { item, before };
}
