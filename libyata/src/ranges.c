/* SPDX-License-Identifier: MIT */
/* Ranges of a delete set: collected, then sorted and joined. */
#include "integrate.h"

int yata_ranges_add(struct yata_doc *doc, struct yata_ranges *r, uint64_t client, uint64_t clock, uint64_t len) {
  if (r->n > 0) {
    struct yata_range *last = &r->v[r->n - 1];
    if (last->client == client && last->clock + last->len == clock) {
      last->len += len;
      return 0;
    }
  }
  YATA_TRY(yata_mem_double(&doc->mem, &r->v, &r->cap, (size_t)r->n + 1, sizeof(*r->v)));
  r->v[r->n++] = (struct yata_range){client, clock, len};
  return 0;
}

/* The order in which ranges are written: the highest client first, then by clock. */
static inline bool before(const struct yata_range *a, const struct yata_range *b) {
  return a->client != b->client ? a->client > b->client : a->clock < b->clock;
}

/* A heap sort, its comparison inline: it needs no memory, and what is sorted may come from an enemy. The hole goes down
 * to a leaf first, then what belongs in it goes up: that is near where it ends. */
static void sift(struct yata_range *v, uint32_t n, uint32_t root, struct yata_range x) {
  uint32_t hole = root;
  for (uint32_t child; (child = 2 * hole + 1) < n; hole = child) {
    if (child + 1 < n && before(&v[child], &v[child + 1])) child++;
    v[hole] = v[child];
  }
  for (uint32_t up; hole > root && before(&v[up = (hole - 1) / 2], &x); hole = up) v[hole] = v[up];
  v[hole] = x;
}

static void sort(struct yata_range *v, uint32_t n) {
  for (uint32_t i = n / 2; i-- > 0;) sift(v, n, i, v[i]);
  while (n > 1) {
    struct yata_range last = v[--n];
    v[n] = v[0];
    sift(v, n, 0, last);
  }
}

void yata_ranges_sort(struct yata_ranges *r) {
  uint32_t n = 0;
  bool sorted = true;
  for (uint32_t i = 1; i < r->n && sorted; i++) sorted = !before(&r->v[i], &r->v[i - 1]);
  if (!sorted) sort(r->v, r->n);
  for (uint32_t i = 0; i < r->n; i++) {
    struct yata_range *last = n > 0 ? &r->v[n - 1] : NULL;
    const struct yata_range next = r->v[i];
    if (last != NULL && last->client == next.client && last->clock + last->len >= next.clock) {
      if (next.clock + next.len > last->clock + last->len) last->len = next.clock + next.len - last->clock;
    } else {
      r->v[n++] = next;
    }
  }
  r->n = n;
}
