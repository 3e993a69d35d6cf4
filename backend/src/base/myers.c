/* SPDX-License-Identifier: MIT */
#include "base/myers.h"

#include <stdbool.h>
#include <stdlib.h>

/*
 * Row d of the search holds, for each diagonal k = x - y in -d, -d+2 .. d, the
 * furthest x that d edits reach on it, or -1. All rows are kept to walk back.
 */
struct search {
  struct myers_seq a, b;
  int32_t *rows;
  size_t cap;
};

static int32_t *row(const struct search *s, size_t d) {
  return s->rows + d * (d + 1) / 2;
}

static int rows_reserve(struct search *s, size_t d) {
  size_t need = (d + 1) * (d + 2) / 2;
  if (need <= s->cap) return 0;
  size_t cap = need < 64 ? 64 : need * 2;
  int32_t *rows = realloc(s->rows, cap * sizeof(*rows));
  if (!rows) return ERR_NOMEM;
  s->rows = rows;
  s->cap = cap;
  return 0;
}

static bool same(const struct search *s, size_t x, size_t y) {
  return s->a.bytes ? s->a.bytes[x] == s->b.bytes[y] : s->a.ids[x] == s->b.ids[y];
}

/* Where the d-th edit arrives on diagonal 2i - d, or -1; @inserts tells by which kind of edit. */
static int64_t arrive(const struct search *s, size_t d, size_t i, bool *inserts) {
  *inserts = false;
  if (d == 0) return 0;
  const int32_t *prev = row(s, d - 1);
  int64_t k = 2 * (int64_t)i - (int64_t)d;
  int64_t best = -1;
  if (i > 0 && prev[i - 1] >= 0 && prev[i - 1] < (int64_t)s->a.len) best = prev[i - 1] + 1;
  if (i < d && prev[i] > best && prev[i] - k <= (int64_t)s->b.len) {
    best = prev[i];
    *inserts = true;
  }
  return best;
}

/* Fill row d. Returns 1 when the end is reached, 0 when not, ERR_TOO_LARGE. */
static int search_row(struct search *s, size_t d, size_t *work) {
  int32_t *out = row(s, d);
  for (size_t i = 0; i <= d; i++) {
    bool inserts;
    int64_t x = arrive(s, d, i, &inserts);
    size_t steps = 1;
    if (x >= 0) {
      int64_t y = x - (2 * (int64_t)i - (int64_t)d);
      while (x < (int64_t)s->a.len && y < (int64_t)s->b.len && same(s, (size_t)x, (size_t)y)) x++, y++, steps++;
      out[i] = (int32_t)x;
      if (x == (int64_t)s->a.len && y == (int64_t)s->b.len) return 1;
    }
    out[i] = (int32_t)x;
    if (steps > *work) return ERR_TOO_LARGE;
    *work -= steps;
  }
  return 0;
}

static void reverse(struct text_edit *items, size_t count) {
  for (size_t i = 0; i < count / 2; i++) {
    struct text_edit kept = items[i];
    items[i] = items[count - 1 - i];
    items[count - 1 - i] = kept;
  }
}

/* Append the script that d edits make, found from its end. */
static int walk_back(const struct search *s, size_t d, struct text_edits *out) {
  size_t first = out->count;
  int64_t x = (int64_t)s->a.len, y = (int64_t)s->b.len;
  for (; d > 0; d--) {
    int64_t k = x - y;
    bool inserts;
    int64_t end_x = arrive(s, d, (size_t)(k + (int64_t)d) / 2, &inserts), end_y = end_x - k;
    x = inserts ? end_x : end_x - 1;
    y = inserts ? end_y - 1 : end_y;
    struct text_edit *last = out->count > first ? &out->items[out->count - 1] : NULL;
    if (last && last->at == (size_t)end_x && last->ins_at == (size_t)end_y) {
      last->at = (size_t)x;
      last->ins_at = (size_t)y;
      *(inserts ? &last->ins : &last->del) += 1;
      continue;
    }
    struct text_edit edit = {.at = (size_t)x, .del = !inserts, .ins_at = (size_t)y, .ins = inserts};
    int err = text_edits_push(out, edit);
    if (err) return err;
  }
  reverse(out->items + first, out->count - first);
  return 0;
}

int myers_diff(struct myers_seq a, struct myers_seq b, size_t *work, struct text_edits *out) {
  if (a.len > INT32_MAX || b.len > INT32_MAX) return ERR_TOO_LARGE;
  size_t before = out->count;
  struct search s = {.a = a, .b = b};
  int done = 0;
  size_t d = 0;
  for (;; d++) {
    done = rows_reserve(&s, d);
    if (!done) done = search_row(&s, d, work);
    if (done) break;
  }
  int err = done > 0 ? walk_back(&s, d, out) : done;
  if (err) out->count = before;
  free(s.rows);
  return err;
}
