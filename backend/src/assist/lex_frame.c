/* SPDX-License-Identifier: MIT */
#include "assist/lex_frame.h"

static struct lex_frame *top(struct lex *lex) {
  return &lex->frames[lex->frame_count - 1];
}

static bool is_template(const struct lex_frame *frame) {
  return frame->quote == '`';
}

static size_t close_len(const struct lex_frame *frame) {
  return frame->triple ? 3 : 1;
}

static bool at_close(const struct lex *lex, const struct lex_frame *frame) {
  for (size_t i = 0; i < close_len(frame); i++) {
    if (lex_peek(lex, i) != (unsigned char)frame->quote) return false;
  }
  return true;
}

/* How many bytes at pos open a field: `${` in templates, `{` but not `{{` in f-strings. */
static size_t field_len(const struct lex *lex, const struct lex_frame *frame) {
  if (is_template(frame)) return lex_peek(lex, 0) == '$' && lex_peek(lex, 1) == '{' ? 2 : 0;
  return lex_peek(lex, 0) == '{' && (frame->in_spec || lex_peek(lex, 1) != '{') ? 1 : 0;
}

/* Bytes to pass over in text: escapes and doubled braces are two. */
static size_t text_step(const struct lex *lex, const struct lex_frame *frame) {
  unsigned char byte = lex_peek(lex, 0);
  bool doubled = !is_template(frame) && byte == '{' && lex_peek(lex, 1) == '{';
  size_t step = byte == '\\' || doubled ? 2 : 1;
  if (byte == '\\' && lex_peek(lex, 1) == '\r' && lex_peek(lex, 2) == '\n') step = 3;
  return step <= lex->len - lex->pos ? step : 1;
}

bool lex_frame_text(struct lex *lex, struct token *token, size_t start) {
  struct lex_frame *frame = top(lex);
  while (lex->pos < lex->len) {
    size_t field = field_len(lex, frame);
    if (field > 0) {
      lex->pos += field;
      frame->depth = 0;
      lex_emit(lex, token, TOKEN_STRING, start, false);
      token->punct = '{';
      return true;
    }
    if (at_close(lex, frame)) {
      lex->pos += close_len(frame);
      lex->frame_count--;
      return lex_emit(lex, token, TOKEN_STRING, start, false);
    }
    if (lex_is_newline(lex_peek(lex, 0)) && !frame->triple && !is_template(frame)) {
      lex->frame_count--;
      return lex_emit(lex, token, TOKEN_STRING, start, true);
    }
    if (frame->in_spec && lex_peek(lex, 0) == '}') frame->in_spec = false;
    lex->pos += text_step(lex, frame);
  }
  lex->frame_count--;
  return lex_emit(lex, token, TOKEN_STRING, start, true);
}

static bool back_to_text(struct lex *lex, struct token *token) {
  size_t start = lex->pos++;
  return lex_frame_text(lex, token, start);
}

bool lex_frame_code(struct lex *lex, struct token *token) {
  struct lex_frame *frame = top(lex);
  switch (lex_peek(lex, 0)) {
  case '(':
  case '[':
  case '{': frame->depth++; return false;
  case ')':
  case ']': frame->depth -= frame->depth > 0; return false;
  case '}':
    if (frame->depth == 0) return back_to_text(lex, token);
    frame->depth--;
    return false;
  case ':':
    if (is_template(frame) || frame->depth > 0 || frame->in_spec) return false;
    frame->in_spec = true;
    return back_to_text(lex, token);
  default:
    /* No field may hold its string's triple quotes: the field was never closed. */
    return frame->triple && at_close(lex, frame) && lex_frame_text(lex, token, lex->pos);
  }
}

void lex_frame_end_line(struct lex *lex) {
  while (lex->frame_count > 0 && !top(lex)->triple && !is_template(top(lex))) lex->frame_count--;
}

bool lex_push_frame(struct lex *lex, struct token *token, size_t head, struct lex_frame frame) {
  if (lex->frame_count == LEX_DEPTH_MAX) {
    struct lex_quote plain = {.triple = frame.triple, .multiline = frame.quote == '`'};
    plain.prefix_len = head - close_len(&frame);
    return lex_string(lex, token, plain);
  }
  size_t start = lex->pos;
  lex->pos += head;
  lex->frames[lex->frame_count++] = frame;
  return lex_frame_text(lex, token, start);
}
