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

/* Behind the last of `n` spans, or joined with it. */
static uint32_t append(struct yata_span *v, uint32_t n, struct yata_span next) {
  uint32_t end = next.clock + next.len;
  if (n == 0 || v[n - 1].clock + v[n - 1].len < next.clock)
    v[n++] = next;
  else if (v[n - 1].clock + v[n - 1].len < end)
    v[n - 1].len = end - v[n - 1].clock;
  return n;
}

/* One merge: what there is from the client on is moved up first, to make room. So no more has been written than was
 * read of both. */
void yata_idset_add(struct yata_idset *set, uint32_t client, const struct yata_range *ranges, uint32_t n) {
  uint32_t from, to, out = 0;
  yata_idset_client(set, client, &from, &to);
  if (n == 0) return;
  if (from == to) set->order[set->n_order++] = client;
  struct yata_span *v = set->v + from, *old = v + n, *old_end = set->v + to + n, *end = set->v + set->n + n;
  memmove(old, v, (set->n - from) * sizeof(*v));
  for (uint32_t i = 0; i < n;) {
    const struct yata_span next = {client, (uint32_t)ranges[i].clock, (uint32_t)ranges[i].len};
    bool is_old = old < old_end && old->clock <= next.clock;
    out = append(v, out, is_old ? *old++ : next);
    if (!is_old) i++;
  }
  while (old < old_end && v[out - 1].clock + v[out - 1].len >= old->clock) out = append(v, out, *old++);
  memmove(v + out, old, (size_t)(end - old) * sizeof(*v));
  set->n = from + out + (uint32_t)(end - old);
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
