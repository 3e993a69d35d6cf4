/* SPDX-License-Identifier: MIT */
/* An update taken apart for integration. */
#include "update.h"

#include <stdlib.h>

#include "integrate.h"

struct parser {
  struct yata_mem *mem;
  struct yata_parsed *p;
};

static int add_ref(struct parser *ps, size_t off, uint32_t clock) {
  struct yata_parsed *p = ps->p;
  YATA_TRY(yata_mem_grow(ps->mem, &p->refs, &p->cap_refs, (size_t)p->n_refs + 1, sizeof(*p->refs)));
  p->refs[p->n_refs++] = (struct yata_ref){(uint32_t)off, clock};
  return 0;
}

static int on_section(void *user, uint64_t client, uint64_t structs) {
  struct parser *ps = user;
  struct yata_parsed *p = ps->p;
  YATA_TRY(yata_mem_grow(ps->mem, &p->sections, &p->cap_sections, (size_t)p->n_sections + 1, sizeof(*p->sections)));
  p->sections[p->n_sections++] = (struct yata_section){.client = client, .first = p->n_refs, .n = (uint32_t)structs};
  return 0;
}

static int on_struct(void *user, const struct yata_struct *st, size_t offset) {
  return add_ref(user, offset, st->id.clock);
}

static int on_section_end(void *user, size_t offset, uint32_t clock) {
  return add_ref(user, offset, clock);
}

static int on_deleted(void *user, uint64_t client, uint64_t clock, uint64_t len) {
  struct parser *ps = user;
  struct yata_ranges *r = &ps->p->deleted;
  if (len == 0) return 0;
  YATA_TRY(yata_mem_grow(ps->mem, &r->v, &r->cap, (size_t)r->n + 1, sizeof(*r->v)));
  r->v[r->n++] = (struct yata_range){client, clock, len};
  return 0;
}

/* By client; of one client the later, which counts, comes first. */
static int compare(const void *a, const void *b) {
  const struct yata_section *x = a, *y = b;
  if (x->client != y->client) return x->client < y->client ? -1 : 1;
  return (x->first < y->first) - (x->first > y->first);
}

static void sort_sections(struct yata_parsed *p) {
  uint32_t n = 0;
  if (p->n_sections < 2) return;
  qsort(p->sections, p->n_sections, sizeof(*p->sections), compare);
  for (uint32_t i = 0; i < p->n_sections; i++)
    if (n == 0 || p->sections[n - 1].client != p->sections[i].client) p->sections[n++] = p->sections[i];
  p->n_sections = n;
}

int yata_update_parse(struct yata_mem *mem, const uint8_t *data, size_t len, uint32_t nesting, struct yata_parsed *out,
                      size_t *error_offset) {
  struct parser ps = {mem, out};
  struct yata_walk walk = {on_section, on_struct, on_section_end, on_deleted, &ps};
  *out = (struct yata_parsed){.data = data};
  int err = yata_update_walk(data, len, nesting, &walk, error_offset);
  if (err < 0) {
    yata_parsed_deinit(mem, out);
    return err;
  }
  sort_sections(out);
  yata_ranges_sort(&out->deleted);
  return 0;
}

void yata_parsed_deinit(struct yata_mem *mem, struct yata_parsed *p) {
  yata_mem_drop(mem, &p->sections, &p->cap_sections, sizeof(*p->sections));
  yata_mem_drop(mem, &p->refs, &p->cap_refs, sizeof(*p->refs));
  yata_mem_drop(mem, &p->deleted.v, &p->deleted.cap, sizeof(*p->deleted.v));
}

void yata_parsed_read(const struct yata_parsed *p, const struct yata_section *s, uint32_t i, struct yata_struct *st) {
  const struct yata_ref *ref = &p->refs[s->first + i];
  struct yata_rd rd = yata_rd_of(p->data + ref[0].off, ref[1].off - ref[0].off);
  st->id = (struct yata_wid){s->client, ref[0].clock};
  yata_struct_reread(&rd, ref[1].clock - ref[0].clock, st);
}
