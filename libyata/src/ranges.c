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

/* So few are sorted by insertion. */
#define FEW 16u
#define DIGITS 256u

/* What ranges are told apart by: some bits of their clients or, these being the same, of their clocks. There are `n`
 * such digits, fewer than ranges. */
struct digit {
  bool of_client;
  unsigned shift;
  uint32_t n;
};

static inline uint32_t digit_of(const struct yata_range *r, struct digit by) {
  return (uint32_t)((by.of_client ? ~r->client : r->clock) >> by.shift) & (by.n - 1);
}

static void insert_all(struct yata_range *v, uint32_t n) {
  for (uint32_t i = 1; i < n; i++) {
    const struct yata_range x = v[i];
    uint32_t at = i;
    for (; at > 0 && before(&x, &v[at - 1]); at--) v[at] = v[at - 1];
    v[at] = x;
  }
}

/* The highest bits in which they differ; false: in none. */
static bool find_digit(const struct yata_range *v, uint32_t n, struct digit *by) {
  uint64_t clients = 0, clocks = 0;
  for (uint32_t i = 1; i < n; i++) {
    clients |= v[i].client ^ v[0].client;
    clocks |= v[i].clock ^ v[0].clock;
  }
  by->of_client = clients != 0;
  by->shift = 0;
  for (by->n = 8; by->n < DIGITS && by->n * 8 <= n;) by->n *= 2;
  for (uint64_t bits = clients != 0 ? clients : clocks; bits >= by->n; bits >>= 1) by->shift++;
  return (clients | clocks) != 0;
}

/* Each to the place of its digit. *end is where those of each digit end. */
static void deal(struct yata_range *v, uint32_t n, struct digit by, uint32_t end[DIGITS]) {
  uint32_t at[DIGITS], sum = 0;
  memset(end, 0, by.n * sizeof(*end));
  for (uint32_t i = 0; i < n; i++) end[digit_of(&v[i], by)]++;
  for (uint32_t d = 0; d < by.n; d++) {
    at[d] = sum;
    sum += end[d];
    end[d] = sum;
  }
  for (uint32_t d = 0; d < by.n; d++) {
    while (at[d] < end[d]) {
      struct yata_range x = v[at[d]];
      for (uint32_t to; (to = digit_of(&x, by)) != d;) {
        const struct yata_range next = v[at[to]];
        v[at[to]++] = x;
        x = next;
      }
      v[at[d]++] = x;
    }
  }
}

/* By one digit after the other, in place: it needs no memory, and no order that an enemy thinks of makes it slow. A
 * client and a clock have 28 digits of three bits or more: so deep it goes at most. */
static void sort(struct yata_range *v, uint32_t n) {
  uint32_t end[DIGITS], from = 0;
  struct digit by;
  if (n <= FEW) {
    insert_all(v, n);
    return;
  }
  if (!find_digit(v, n, &by)) return;
  deal(v, n, by, end);
  for (uint32_t d = 0; d < by.n; from = end[d++]) sort(v + from, end[d] - from);
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
