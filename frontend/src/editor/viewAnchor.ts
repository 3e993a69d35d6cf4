import { type Delta, moveOffset } from './delta';
import { monaco } from './monaco';

/** A line that must stay where it is on the screen while others write above it. */
export interface ViewAnchor {
  readonly offset: number;
  /** Pixels from the top of the view to the top of the line. */
  readonly top: number;
}

/** The caret's line where it can be seen, otherwise the first one; null at the top of the text. */
export function anchorView(
  editor: monaco.editor.ICodeEditor,
  model: monaco.editor.ITextModel,
): ViewAnchor | null {
  const scrollTop = editor.getScrollTop();
  const visible = editor.getVisibleRanges();
  const caret = editor.getPosition();
  const first = visible[0]?.startLineNumber;
  if (scrollTop === 0 || first === undefined) return null;
  const seen = caret !== null && visible.some((range) => range.containsPosition(caret));
  const lineNumber = seen ? caret.lineNumber : first;
  return {
    offset: model.getOffsetAt({ lineNumber, column: 1 }),
    top: editor.getTopForLineNumber(lineNumber) - scrollTop,
  };
}

export function restoreView(
  editor: monaco.editor.ICodeEditor,
  model: monaco.editor.ITextModel,
  { offset, top }: ViewAnchor,
  delta: Delta,
): void {
  const { lineNumber } = model.getPositionAt(moveOffset(delta, offset, 'right'));
  const scrollTop = editor.getTopForLineNumber(lineNumber) - top;
  if (scrollTop !== editor.getScrollTop()) {
    editor.setScrollTop(scrollTop, monaco.editor.ScrollType.Immediate);
  }
}
