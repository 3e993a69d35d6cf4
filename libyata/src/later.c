/* SPDX-License-Identifier: MIT */
#include "later.h"

#include <stdlib.h>

void yata_later_init(struct yata_later *l, const struct yata_source *s, const yata_allocator *alloc) {
  *l = (struct yata_later){.data = s->rd.base, .v2 = s->v2};
  yata_buf_init(&l->own, alloc);
}

void yata_later_deinit(struct yata_mem *mem, struct yata_later *l) {
  yata_buf_deinit(&l->own);
  yata_mem_drop(mem, &l->sections, &l->cap_sections, sizeof(*l->sections));
  yata_mem_drop(mem, &l->refs, &l->cap_refs, sizeof(*l->refs));
}

static int add_ref(struct yata_mem *mem, struct yata_later *l, uint32_t off, uint32_t clock) {
  if (l->v2 && l->own.len > UINT32_MAX) return YATA_ERR_LIMIT;
  YATA_TRY(yata_mem_grow(mem, &l->refs, &l->cap_refs, (size_t)l->n_refs + 1, sizeof(*l->refs)));
  l->refs[l->n_refs++] = (struct yata_ref){l->v2 ? (uint32_t)l->own.len : off, clock};
  return 0;
}

int yata_later_begin(struct yata_mem *mem, struct yata_later *l, uint64_t client) {
  YATA_TRY(yata_mem_grow(mem, &l->sections, &l->cap_sections, (size_t)l->n_sections + 1, sizeof(*l->sections)));
  l->sections[l->n_sections++] = (struct yata_section){.client = client, .first = l->n_refs};
  return 0;
}

int yata_later_add(struct yata_mem *mem, struct yata_later *l, const struct yata_struct *st, uint32_t off) {
  YATA_TRY(add_ref(mem, l, off, st->id.clock));
  l->sections[l->n_sections - 1].n++;
  return l->v2 ? yata_struct_write(&l->own, st, 0) : 0;
}

int yata_later_end(struct yata_mem *mem, struct yata_later *l, uint32_t off, uint32_t clock) {
  YATA_TRY(add_ref(mem, l, off, clock));
  if (l->v2) l->data = l->own.data;
  return 0;
}

/* By client; of one client the later, which counts, comes first. */
static int compare(const void *a, const void *b) {
  const struct yata_section *x = a, *y = b;
  if (x->client != y->client) return x->client < y->client ? -1 : 1;
  return (x->first < y->first) - (x->first > y->first);
}

void yata_later_order(struct yata_later *l) {
  uint32_t n = 0;
  if (l->n_sections < 2) return;
  qsort(l->sections, l->n_sections, sizeof(*l->sections), compare);
  for (uint32_t i = 0; i < l->n_sections; i++)
    if (n == 0 || l->sections[n - 1].client != l->sections[i].client) l->sections[n++] = l->sections[i];
  l->n_sections = n;
}

void yata_later_read(const struct yata_later *l, const struct yata_section *s, uint32_t i, struct yata_struct *st) {
  const struct yata_ref *ref = &l->refs[s->first + i];
  struct yata_rd rd = yata_rd_of(l->data + ref[0].off, ref[1].off - ref[0].off);
  st->id = (struct yata_wid){s->client, ref[0].clock};
  yata_struct_reread(&rd, ref[1].clock - ref[0].clock, st);
}
