/* SPDX-License-Identifier: MIT */
#include "base/textdiff.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/myers.h"
#include "base/textlines.h"

/* A piece of each text, both between character boundaries. */
struct span {
  const uint8_t *a, *b; /* the whole texts */
  size_t a_at, a_len, b_at, b_len;
};

static bool is_continuation(uint8_t byte) {
  return (byte & 0xc0) == 0x80;
}

static size_t common_prefix(const uint8_t *a, const uint8_t *b, size_t most) {
  size_t len = 0;
  while (most - len >= 8 && memcmp(a + len, b + len, 8) == 0) len += 8;
  while (len < most && a[len] == b[len]) len++;
  return len;
}

static size_t common_suffix(const uint8_t *a_end, const uint8_t *b_end, size_t most) {
  size_t len = 0;
  while (most - len >= 8 && memcmp(a_end - len - 8, b_end - len - 8, 8) == 0) len += 8;
  while (len < most && a_end[-1 - (ptrdiff_t)len] == b_end[-1 - (ptrdiff_t)len]) len++;
  return len;
}

/* Take off what both begin and end with, in whole characters. */
static struct span strip(struct span s) {
  size_t most = s.a_len < s.b_len ? s.a_len : s.b_len;
  const uint8_t *a = s.a + s.a_at, *b = s.b + s.b_at;
  size_t prefix = common_prefix(a, b, most);
  while (prefix > 0 &&
         ((prefix < s.a_len && is_continuation(a[prefix])) || (prefix < s.b_len && is_continuation(b[prefix]))))
    prefix--;
  size_t suffix = common_suffix(a + s.a_len, b + s.b_len, most - prefix);
  while (suffix > 0 && is_continuation(a[s.a_len - suffix])) suffix--;
  return (struct span){.a = s.a,
                       .b = s.b,
                       .a_at = s.a_at + prefix,
                       .a_len = s.a_len - prefix - suffix,
                       .b_at = s.b_at + prefix,
                       .b_len = s.b_len - prefix - suffix};
}

/* Append, as a part of the edit before where they touch. */
static int push_span(struct text_edits *out, const struct span *s) {
  if (s->a_len == 0 && s->b_len == 0) return 0;
  struct text_edit *last = out->count > 0 ? &out->items[out->count - 1] : NULL;
  if (last && last->at + last->del == s->a_at && last->ins_at + last->ins == s->b_at) {
    last->del += s->a_len;
    last->ins += s->b_len;
    return 0;
  }
  return text_edits_push(out, (struct text_edit){.at = s->a_at, .del = s->a_len, .ins_at = s->b_at, .ins = s->b_len});
}

static size_t char_len(uint8_t first) {
  return first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

static bool is_ascii(const uint8_t *text, size_t len) {
  uint8_t seen = 0;
  for (size_t i = 0; i < len; i++) seen |= text[i];
  return seen < 0x80;
}

/* One number a character, its bytes in a row; returns how many. */
static size_t read_chars(const uint8_t *text, size_t len, uint32_t *out) {
  size_t count = 0;
  for (size_t at = 0; at < len;) {
    uint32_t id = 0;
    for (size_t n = char_len(text[at]); n > 0; n--) id = id << 8 | text[at++];
    out[count++] = id;
  }
  return count;
}

/* Bytes of the next @chars characters. */
static size_t bytes_of_chars(const uint8_t *text, size_t chars) {
  size_t at = 0;
  for (; chars > 0; chars--) at += char_len(text[at]);
  return at;
}

/* @raw counts in characters of @s: append it in bytes. */
static int push_chars(struct text_edits *out, const struct span *s, const struct text_edits *raw) {
  size_t chars_a = 0, a = s->a_at, chars_b = 0, b = s->b_at; /* how far we are in either text */
  for (size_t i = 0; i < raw->count; i++) {
    const struct text_edit *e = &raw->items[i];
    a += bytes_of_chars(s->a + a, e->at - chars_a);
    b += bytes_of_chars(s->b + b, e->ins_at - chars_b);
    struct span edit = {.a_at = a, .b_at = b};
    edit.a_len = bytes_of_chars(s->a + a, e->del);
    edit.b_len = bytes_of_chars(s->b + b, e->ins);
    int err = push_span(out, &edit);
    if (err) return err;
    a += edit.a_len;
    b += edit.b_len;
    chars_a = e->at + e->del;
    chars_b = e->ins_at + e->ins;
  }
  return 0;
}

static int diff_wide_chars(const struct span *s, size_t *work, struct text_edits *raw) {
  if (s->a_len > *work || s->b_len > *work - s->a_len) return ERR_TOO_LARGE; /* of work, and so of memory */
  uint32_t *ids = malloc((s->a_len + s->b_len) * sizeof(*ids));
  if (!ids) return ERR_NOMEM;
  struct myers_seq a = {.ids = ids}, b = {0};
  a.len = read_chars(s->a + s->a_at, s->a_len, ids);
  b.ids = ids + a.len;
  b.len = read_chars(s->b + s->b_at, s->b_len, ids + a.len);
  *work -= a.len + b.len;
  int err = myers_diff(a, b, work, raw);
  free(ids);
  return err;
}

/* ERR_TOO_LARGE past @work. Neither piece is empty. */
static int diff_chars(const struct span *s, size_t *work, struct text_edits *out) {
  struct myers_seq a = {.bytes = s->a + s->a_at, .len = s->a_len};
  struct myers_seq b = {.bytes = s->b + s->b_at, .len = s->b_len};
  struct text_edits raw = {0};
  bool bytes_are_chars = is_ascii(a.bytes, a.len) && is_ascii(b.bytes, b.len);
  int err = bytes_are_chars ? myers_diff(a, b, work, &raw) : diff_wide_chars(s, work, &raw);
  if (!err) err = push_chars(out, s, &raw);
  text_edits_deinit(&raw);
  return err;
}

/* Differing lines: smaller edits if @work allows, or one piece. */
static int diff_hunk(struct span s, size_t *work, struct text_edits *out) {
  s = strip(s);
  int err = s.a_len == 0 || s.b_len == 0 ? ERR_TOO_LARGE : diff_chars(&s, work, out);
  return err == ERR_TOO_LARGE ? push_span(out, &s) : err;
}

/*
 * One edit of the line diff: as many lines for as many (a file indented anew, a
 * name changed everywhere) are compared one by one, others together.
 */
static int diff_hunk_lines(const struct span *s, const struct textlines *lines, const struct text_edit *e, size_t *work,
                           struct text_edits *out) {
  const size_t *a = lines->starts + e->at, *b = lines->starts + lines->a_count + 1 + e->ins_at;
  size_t pieces = e->del == e->ins ? e->del : 1;
  size_t a_step = e->del / pieces, b_step = e->ins / pieces;
  int err = 0;
  for (size_t i = 0; i < pieces && !err; i++, a += a_step, b += b_step) {
    struct span hunk = {.a = s->a,
                        .b = s->b,
                        .a_at = s->a_at + a[0],
                        .a_len = a[a_step] - a[0],
                        .b_at = s->b_at + b[0],
                        .b_len = b[b_step] - b[0]};
    err = diff_hunk(hunk, work, out);
  }
  return err;
}

/* @s made wider by what is common, so that it begins and ends with lines of both texts. */
static struct span widen_to_lines(struct span s, size_t a_text_len) {
  while (s.a_at > 0 && s.a[s.a_at - 1] != '\n') s.a_at--, s.b_at--, s.a_len++, s.b_len++;
  const uint8_t *a_end = s.a + s.a_at + s.a_len, *b_end = s.b + s.b_at + s.b_len;
  size_t left = a_text_len - (s.a_at + s.a_len);
  bool ends_line = s.a_len > 0 && s.b_len > 0 && a_end[-1] == '\n' && b_end[-1] == '\n';
  if (ends_line || left == 0) return s;
  const uint8_t *lf = memchr(a_end, '\n', left);
  size_t more = lf ? (size_t)(lf - a_end) + 1 : left;
  s.a_len += more;
  s.b_len += more;
  return s;
}

static int diff_lines(const struct span *s, struct text_edits *out) {
  size_t work = TEXTDIFF_WORK_MAX / 4, hunk_work = TEXTDIFF_WORK_MAX / 4;
  struct textlines lines = {0};
  struct text_edits raw = {0};
  int err = textlines_split(s->a + s->a_at, s->a_len, s->b + s->b_at, s->b_len, &work, &lines);
  if (err) goto out;
  struct myers_seq a = {.ids = lines.ids, .len = lines.a_count};
  struct myers_seq b = {.ids = lines.ids + lines.a_count, .len = lines.b_count};
  err = myers_diff(a, b, &work, &raw);
  if (err == ERR_TOO_LARGE) err = text_edits_push(&raw, (struct text_edit){.del = a.len, .ins = b.len});
  for (size_t i = 0; i < raw.count && !err; i++) err = diff_hunk_lines(s, &lines, &raw.items[i], &hunk_work, out);
out:
  text_edits_deinit(&raw);
  textlines_deinit(&lines);
  return err;
}

int textdiff(const uint8_t *base, size_t base_len, const uint8_t *ours, size_t ours_len, struct text_edits *out) {
  struct span s = strip((struct span){.a = base, .a_len = base_len, .b = ours, .b_len = ours_len});
  if (s.a_len == 0 || s.b_len == 0) return push_span(out, &s);
  size_t work = TEXTDIFF_WORK_MAX / 2;
  int err = diff_chars(&s, &work, out);
  if (err == ERR_TOO_LARGE) {
    struct span lines = widen_to_lines(s, base_len);
    err = diff_lines(&lines, out);
  }
  return err == ERR_TOO_LARGE ? push_span(out, &s) : err;
}

/* Append, as a part of an edit before where that is possible. */
static int push_joined(struct text_edits *out, struct text_edit e) {
  if (e.del == 0 && e.ins == 0) return 0;
  struct text_edit *last = out->count > 0 ? &out->items[out->count - 1] : NULL;
  bool touches = last && last->at + last->del == e.at;
  if (touches && (last->ins == 0 || e.ins == 0)) {
    last->del += e.del;
    if (e.ins > 0) {
      last->ins_at = e.ins_at;
      last->ins = e.ins;
    }
    return 0;
  }
  return text_edits_push(out, e);
}

/*
 * Append our edit @e on what others made of the base by @theirs. @next is the
 * first of theirs that ends behind e->at; ours come in order, so it only moves on.
 */
static int push_rebased(struct text_edits *out, struct text_edit e, const struct text_edits *theirs, size_t *next) {
  while (*next < theirs->count && theirs->items[*next].at + theirs->items[*next].del < e.at) ++*next;
  size_t i = *next;
  /* A base offset in the kept stretch before items[i] is the same in current but for what came before. */
  size_t shift_add = 0, shift_sub = 0;
  if (i > 0) {
    const struct text_edit *before = &theirs->items[i - 1];
    shift_add = before->ins_at + before->ins;
    shift_sub = before->at + before->del;
  }
  size_t at = e.at, end = e.at + e.del;
  bool inserted = false;
  for (;;) {
    const struct text_edit *their = i < theirs->count ? &theirs->items[i] : NULL;
    if (!their || at < their->at) { /* in a kept stretch */
      size_t stop = their && their->at < end ? their->at : end;
      struct text_edit piece = {.at = at - shift_sub + shift_add, .del = stop - at};
      if (!inserted) {
        piece.ins_at = e.ins_at;
        piece.ins = e.ins;
        inserted = true;
      }
      int err = push_joined(out, piece);
      if (err) return err;
      at = stop;
      if (!their || at < their->at || at == end) return 0;
    }
    shift_add = their->ins_at + their->ins; /* past what they deleted and inserted here */
    shift_sub = their->at + their->del;
    i++;
    if (shift_sub >= end) { /* nothing of ours is left to delete */
      if (inserted) return 0;
      return push_joined(out, (struct text_edit){.at = shift_add, .ins_at = e.ins_at, .ins = e.ins});
    }
    at = shift_sub;
  }
}

int textdiff_rebase(const uint8_t *base, size_t base_len, const uint8_t *ours, size_t ours_len, const uint8_t *current,
                    size_t current_len, struct text_edits *out) {
  struct text_edits mine = {0}, theirs = {0};
  int err = textdiff(base, base_len, ours, ours_len, &mine);
  if (!err) err = textdiff(base, base_len, current, current_len, &theirs);
  size_t next = 0;
  for (size_t i = 0; i < mine.count && !err; i++) err = push_rebased(out, mine.items[i], &theirs, &next);
  text_edits_deinit(&mine);
  text_edits_deinit(&theirs);
  return err;
}
