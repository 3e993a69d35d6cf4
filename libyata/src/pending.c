/* SPDX-License-Identifier: MIT */
#include "pending.h"

#include <stdlib.h>

#include "integrate.h"

/* Parts of `more` are merged when they take more bytes than what was merged
 * before and these, or are so many. */
#define MORE_BYTES 4096
#define MORE_PARTS 65536

void yata_addition_deinit(struct yata_doc *doc, struct yata_addition *a) {
  yata_buf_deinit(&a->update);
  yata_mem_drop(&doc->mem, &a->units.v, &a->units.cap, sizeof(*a->units.v));
  yata_mem_drop(&doc->mem, &a->missing, &a->cap_missing, sizeof(*a->missing));
}

/* ---- units ------------------------------------------------------------------------------- */

static uint64_t end_of(const struct yata_range *r) {
  return r->clock + r->len;
}

/* The first range of those that does not end before the clock. Sorted by
 * client, lowest first; none touch. */
static uint32_t find(const struct yata_ranges *units, uint64_t client, uint64_t clock) {
  uint32_t lo = 0, hi = units->n;
  while (lo < hi) {
    uint32_t mid = (lo + hi) / 2;
    const struct yata_range *r = &units->v[mid];
    if (r->client < client || (r->client == client && end_of(r) < clock))
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo;
}

static bool is_covered(const struct yata_ranges *units, const struct yata_range *r) {
  uint32_t at = find(units, r->client, r->clock);
  if (at == units->n) return false;
  const struct yata_range *u = &units->v[at];
  return u->client == r->client && u->clock <= r->clock && end_of(u) >= end_of(r);
}

static int compare_units(const void *a, const void *b) {
  const struct yata_range *x = a, *y = b;
  if (x->client != y->client) return x->client < y->client ? -1 : 1;
  return (x->clock > y->clock) - (x->clock < y->clock);
}

/* Merge sorted ranges into others; there is room for all. What stands before them, and behind them when none joined, is
 * not gone through: many updates may wait, and each has few. */
static void add_units(struct yata_ranges *to, const struct yata_ranges *more) {
  uint32_t i = to->n, j = more->n, all = i + j, last_new = 0;
  for (uint32_t k = all; j > 0; k--) {
    bool old = i > 0 && compare_units(&to->v[i - 1], &more->v[j - 1]) > 0;
    if (!old && last_new == 0) last_new = k;
    to->v[k - 1] = old ? to->v[--i] : more->v[--j];
  }
  uint32_t n = i > 0 ? i - 1 : 0, from = n, k = n;
  for (; k < all && (n < k || k <= last_new); k++) {
    const struct yata_range next = to->v[k];
    struct yata_range *last = n > from ? &to->v[n - 1] : NULL;
    if (last == NULL || last->client != next.client || end_of(last) < next.clock)
      to->v[n++] = next;
    else if (end_of(&next) > end_of(last))
      last->len = end_of(&next) - last->clock;
  }
  to->n = n + (all - k);
}

bool yata_pending_same(const struct yata_pending *a, const struct yata_pending *b) {
  const struct yata_ranges *x = &a->units, *y = &b->units;
  if (x->n != y->n) return false;
  for (uint32_t i = 0; i < x->n; i++) {
    const struct yata_range *r = &x->v[i], *s = &y->v[i];
    if (r->client != s->client || r->clock != s->clock || r->len != s->len) return false;
  }
  return true;
}

/* ---- what is missing ------------------------------------------------------------------------ */

static int compare_missing(const void *a, const void *b) {
  const struct yata_missing *x = a, *y = b;
  if (x->client != y->client) return x->client < y->client ? -1 : 1;
  return (x->clock > y->clock) - (x->clock < y->clock);
}

/* Merge sorted ones in; of each client the lowest clock stays. There is room
 * for all. */
static void add_missing(struct yata_pending *p, const struct yata_missing *more, uint32_t count) {
  uint32_t i = p->n, j = count, n = 0;
  for (uint32_t k = i + j; j > 0; k--)
    p->missing[k - 1] = i > 0 && compare_missing(&p->missing[i - 1], &more[j - 1]) > 0 ? p->missing[--i] : more[--j];
  for (uint32_t k = 0; k < p->n + count; k++)
    if (n == 0 || p->missing[n - 1].client != p->missing[k].client) p->missing[n++] = p->missing[k];
  p->n = n;
}

/* ---- writing ----------------------------------------------------------------------------- */

/* Write what could not be integrated as an update, and note its units. */
static int write_left(struct yata_doc *doc, const struct yata_later *later, const struct yata_left *left,
                      struct yata_addition *a) {
  struct yata_struct st;
  yata_buf *out = &a->update;
  /* Sections are sorted: so that the highest client comes first, go backwards.
   */
  YATA_TRY(yata_buf_put_uint(out, left->n_sections));
  for (uint32_t i = later->n_sections; i-- > 0;) {
    const struct yata_section *s = &later->sections[i];
    if (!s->dropped) continue;
    YATA_TRY(yata_buf_put_uint(out, s->n - s->next));
    YATA_TRY(yata_buf_put_uint(out, s->client));
    YATA_TRY(yata_buf_put_uint(out, later->refs[s->first + s->next].clock));
    for (uint32_t j = s->next; j < s->n; j++) {
      yata_later_read(later, s, j, &st);
      YATA_TRY(yata_struct_write(out, &st, 0));
      if (st.kind == YATA_WIRE_SKIP) continue;
      YATA_TRY(yata_ranges_add(doc, &a->units, s->client, st.id.clock, st.len));
    }
  }
  return yata_buf_put_u8(out, 0);
}

/* What waits twice counts once. */
static int check_limit(struct yata_doc *doc, const struct yata_pending *p, const struct yata_addition *a) {
  yata_buf all;
  if (p->update.len + p->more.len + a->update.len <= doc->max_pending) return 0;
  yata_buf_init(&all, &doc->alloc);
  int err = yata_pending_write(doc, p, (yata_slice){a->update.data, a->update.len}, &all);
  if (err == 0 && all.len > doc->max_pending) err = YATA_ERR_LIMIT;
  yata_buf_deinit(&all);
  return err;
}

static int make_room(struct yata_doc *doc, struct yata_pending *p, const struct yata_addition *a) {
  if (p->update.len == 0) YATA_TRY(yata_buf_reserve(&p->update, a->update.len));
  if (p->update.len > 0) YATA_TRY(yata_buf_reserve(&p->more, sizeof(uint32_t) + a->update.len));
  YATA_TRY(yata_mem_grow(&doc->mem, &p->units.v, &p->units.cap, (size_t)p->units.n + a->units.n, sizeof(*p->units.v)));
  return yata_mem_grow(&doc->mem, &p->missing, &p->cap, (size_t)p->n + a->n_missing, sizeof(*p->missing));
}

int yata_pending_prepare(struct yata_doc *doc, const struct yata_later *later, struct yata_left *left,
                         struct yata_pending *p, struct yata_addition *a) {
  yata_buf_init(&a->update, &doc->alloc);
  a->missing = left->missing;
  a->n_missing = left->n_missing;
  a->cap_missing = left->cap_missing;
  left->missing = NULL;
  left->n_missing = left->cap_missing = 0;
  YATA_TRY(write_left(doc, later, left, a));
  if (a->n_missing > 1) qsort(a->missing, a->n_missing, sizeof(*a->missing), compare_missing);
  if (a->units.n > 1) qsort(a->units.v, a->units.n, sizeof(*a->units.v), compare_units);
  for (uint32_t i = 0; i < a->units.n && !a->is_new; i++) a->is_new = !is_covered(&p->units, &a->units.v[i]);
  if (a->is_new) YATA_TRY(check_limit(doc, p, a));
  if (p->more.len > p->update.len + MORE_BYTES || p->parts >= MORE_PARTS) YATA_TRY(yata_pending_merge(doc, p));
  return make_room(doc, p, a);
}

static void append(yata_buf *to, const void *bytes, size_t len) {
  memcpy(to->data + to->len, bytes, len);
  to->len += len;
}

void yata_pending_add(struct yata_pending *p, const struct yata_addition *a) {
  if (a->n_missing > 0) add_missing(p, a->missing, a->n_missing);
  if (a->update.len == 0) return;
  add_units(&p->units, &a->units);
  if (p->update.len == 0) {
    append(&p->update, a->update.data, a->update.len);
    return;
  }
  uint32_t len = (uint32_t)a->update.len;
  append(&p->more, &len, sizeof(len));
  append(&p->more, a->update.data, a->update.len);
  p->parts++;
}
