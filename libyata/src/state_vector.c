/* SPDX-License-Identifier: MIT */
/* State vectors as values. */
#include <stdlib.h>

#include "delete_set.h"

void yata_state_vector_deinit(yata_state_vector *sv) {
  struct yata_mem mem = {.alloc = sv->alloc};
  yata_mem_drop(&mem, &sv->v, &sv->cap, sizeof(*sv->v));
  sv->len = 0;
}

static int append(yata_state_vector *sv, uint64_t client, uint64_t clock) {
  struct yata_mem mem = {.alloc = sv->alloc};
  YATA_TRY(yata_mem_grow(&mem, &sv->v, &sv->cap, (size_t)sv->len + 1, sizeof(*sv->v)));
  sv->v[sv->len++] = (yata_id){client, clock};
  return 0;
}

static void replace(yata_state_vector *sv, yata_state_vector *by) {
  yata_state_vector_deinit(sv);
  *sv = *by;
}

/* An entry and where it stood: of one client the last counts. */
struct seen {
  yata_id id;
  size_t at;
};

static int compare(const void *a, const void *b) {
  const struct seen *x = a, *y = b;
  if (x->id.client != y->id.client) return x->id.client < y->id.client ? 1 : -1;
  return (x->at < y->at) - (x->at > y->at);
}

static int read_entries(struct yata_rd *rd, struct seen *seen, size_t n) {
  for (size_t i = 0; i < n; i++) {
    seen[i].at = i;
    YATA_TRY(yata_rd_uint(rd, &seen[i].id.client));
    YATA_TRY(yata_rd_uint(rd, &seen[i].id.clock));
  }
  return 0;
}

static int keep_last(yata_state_vector *sv, struct seen *seen, size_t n) {
  if (n > 1) qsort(seen, n, sizeof(*seen), compare);
  for (size_t i = 0; i < n; i++)
    if (i == 0 || seen[i - 1].id.client != seen[i].id.client) YATA_TRY(append(sv, seen[i].id.client, seen[i].id.clock));
  return 0;
}

int yata_state_vector_read(struct yata_rd *rd, yata_state_vector *sv) {
  struct yata_mem mem = {.alloc = sv->alloc};
  yata_state_vector fresh = {.alloc = sv->alloc};
  struct seen *seen = NULL;
  uint32_t cap = 0;
  uint64_t n;
  YATA_TRY(yata_rd_uint(rd, &n));
  /* Every entry takes two bytes at least. */
  if (n > (size_t)(rd->end - rd->p) / 2) return YATA_ERR_MALFORMED;
  YATA_TRY(yata_mem_grow(&mem, &seen, &cap, (size_t)n, sizeof(*seen)));
  int err = read_entries(rd, seen, (size_t)n);
  if (err == 0) err = keep_last(&fresh, seen, (size_t)n);
  yata_mem_drop(&mem, &seen, &cap, sizeof(*seen));
  if (err == 0)
    replace(sv, &fresh);
  else
    yata_state_vector_deinit(&fresh);
  return err;
}

int yata_state_vector_decode(yata_state_vector *sv, const uint8_t *bytes, size_t len) {
  struct yata_rd rd = yata_rd_of(bytes, len);
  YATA_TRY(yata_state_vector_validate(bytes, len, NULL));
  return yata_state_vector_read(&rd, sv);
}

int yata_state_vector_encode(const yata_state_vector *sv, yata_buf *out) {
  size_t at = out->len;
  int err = yata_buf_put_uint(out, sv->len);
  for (uint32_t i = 0; i < sv->len && err == 0; i++) {
    err = yata_buf_put_uint(out, sv->v[i].client);
    if (err == 0) err = yata_buf_put_uint(out, sv->v[i].clock);
  }
  if (err < 0) out->len = at;
  return err;
}

int yata_state_vector_of_doc(yata_state_vector *sv, const yata_doc *doc) {
  yata_buf bytes = {.alloc = sv->alloc};
  int err = yata_encode_state_vector(doc, &bytes);
  if (err == 0) err = yata_state_vector_decode(sv, bytes.data, bytes.len);
  yata_buf_deinit(&bytes);
  return err;
}

uint64_t yata_state_vector_get(const yata_state_vector *sv, uint64_t client) {
  uint32_t lo = 0, hi = sv->len;
  while (lo < hi) {
    uint32_t mid = lo + (hi - lo) / 2;
    if (sv->v[mid].client > client)
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo < sv->len && sv->v[lo].client == client ? sv->v[lo].clock : 0;
}

/* The next of two lists that are walked side by side: the clocks of one client in both. */
struct pair {
  const yata_state_vector *a, *b;
  uint32_t i, j;
  uint64_t client, a_clock, b_clock;
};

static bool next_pair(struct pair *p) {
  bool has_a = p->i < p->a->len, has_b = p->j < p->b->len;
  if (!has_a && !has_b) return false;
  uint64_t a = has_a ? p->a->v[p->i].client : 0, b = has_b ? p->b->v[p->j].client : 0;
  bool take_a = has_a && (!has_b || a >= b), take_b = has_b && (!has_a || b >= a);
  p->client = take_a ? a : b;
  p->a_clock = take_a ? p->a->v[p->i++].clock : 0;
  p->b_clock = take_b ? p->b->v[p->j++].clock : 0;
  return true;
}

int yata_state_vector_merge(yata_state_vector *into, const yata_state_vector *from) {
  yata_state_vector fresh = {.alloc = into->alloc};
  struct pair p = {.a = into, .b = from};
  while (next_pair(&p)) {
    int err = append(&fresh, p.client, p.a_clock > p.b_clock ? p.a_clock : p.b_clock);
    if (err < 0) {
      yata_state_vector_deinit(&fresh);
      return err;
    }
  }
  replace(into, &fresh);
  return 0;
}

enum yata_order yata_state_vector_compare(const yata_state_vector *a, const yata_state_vector *b) {
  struct pair p = {.a = a, .b = b};
  bool less = false, more = false;
  while (next_pair(&p)) {
    less |= p.a_clock < p.b_clock;
    more |= p.a_clock > p.b_clock;
  }
  if (less && more) return YATA_ORDER_CONCURRENT;
  if (less) return YATA_ORDER_BEFORE;
  return more ? YATA_ORDER_AFTER : YATA_ORDER_EQUAL;
}
