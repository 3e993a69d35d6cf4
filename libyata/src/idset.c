/* SPDX-License-Identifier: MIT */
#include "idset.h"

int yata_idset_reserve(struct yata_mem *mem, struct yata_idset *set, uint32_t spans, uint32_t clients) {
  YATA_TRY(yata_mem_grow(mem, &set->v, &set->cap, (size_t)set->n + spans, sizeof(*set->v)));
  return yata_mem_grow(mem, &set->order, &set->cap_order, (size_t)set->n_order + clients, sizeof(*set->order));
}

/* Where the first span is that begins behind the unit. */
static uint32_t upper(const struct yata_idset *set, uint32_t client, uint32_t clock) {
  uint32_t lo = 0, hi = set->n;
  while (lo < hi) {
    uint32_t mid = lo + (hi - lo) / 2;
    const struct yata_span *s = &set->v[mid];
    if (s->client < client || (s->client == client && s->clock <= clock))
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo;
}

static bool is_client(const struct yata_idset *set, uint32_t at, uint32_t client) {
  return at < set->n && set->v[at].client == client;
}

void yata_idset_add(struct yata_idset *set, uint32_t client, uint32_t clock, uint32_t len) {
  uint32_t at = upper(set, client, clock), end = clock + len, last = at;
  bool joins = at > 0 && is_client(set, at - 1, client) && set->v[at - 1].clock + set->v[at - 1].len >= clock;
  if (!joins && !is_client(set, at, client) && (at == 0 || !is_client(set, at - 1, client)))
    set->order[set->n_order++] = client;
  if (joins) at--;
  if (joins) clock = set->v[at].clock;
  if (joins && set->v[at].clock + set->v[at].len > end) end = set->v[at].clock + set->v[at].len;
  for (; is_client(set, last, client) && set->v[last].clock <= end; last++)
    if (set->v[last].clock + set->v[last].len > end) end = set->v[last].clock + set->v[last].len;
  /* Spans at .. last become one. */
  memmove(set->v + at + 1, set->v + last, (set->n - last) * sizeof(*set->v));
  set->n = set->n + 1 - (last - at);
  set->v[at] = (struct yata_span){client, clock, end - clock};
}

bool yata_idset_has(const struct yata_idset *set, uint32_t client, uint32_t clock) {
  uint32_t at = upper(set, client, clock);
  return at > 0 && set->v[at - 1].client == client && clock < set->v[at - 1].clock + set->v[at - 1].len;
}

void yata_idset_client(const struct yata_idset *set, uint32_t client, uint32_t *from, uint32_t *to) {
  *to = upper(set, client, UINT32_MAX);
  *from = client == 0 ? 0 : upper(set, client - 1, UINT32_MAX);
}

void yata_idset_deinit(struct yata_mem *mem, struct yata_idset *set) {
  yata_mem_drop(mem, &set->v, &set->cap, sizeof(*set->v));
  yata_mem_drop(mem, &set->order, &set->cap_order, sizeof(*set->order));
  set->n = set->n_order = 0;
}
