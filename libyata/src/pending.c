/* SPDX-License-Identifier: MIT */
/* What waits for updates that have not arrived. */
#include "pending.h"

#include <stdlib.h>

#include "encode.h"

/* Write what could not be integrated as an update. */
static int write_left(const struct yata_later *p, const struct yata_left *left, yata_buf *out) {
  struct yata_struct st;
  /* Sections are sorted: so that the highest client comes first, go backwards. */
  YATA_TRY(yata_buf_put_uint(out, left->n_sections));
  for (uint32_t i = p->n_sections; i-- > 0;) {
    const struct yata_section *s = &p->sections[i];
    if (!s->dropped) continue;
    YATA_TRY(yata_buf_put_uint(out, s->n - s->next));
    YATA_TRY(yata_buf_put_uint(out, s->client));
    YATA_TRY(yata_buf_put_uint(out, p->refs[s->first + s->next].clock));
    for (uint32_t j = s->next; j < s->n; j++) {
      yata_later_read(p, s, j, &st);
      YATA_TRY(yata_struct_write(out, &st, 0));
    }
  }
  return yata_buf_put_u8(out, 0);
}

void yata_pending_deinit(struct yata_doc *doc, struct yata_pending *p) {
  yata_buf_deinit(&p->update);
  yata_mem_drop(&doc->mem, &p->missing, &p->cap, sizeof(*p->missing));
  p->n = 0;
}

static int compare_missing(const void *a, const void *b) {
  const struct yata_missing *x = a, *y = b;
  if (x->client != y->client) return x->client < y->client ? -1 : 1;
  return (x->clock > y->clock) - (x->clock < y->clock);
}

/* Add to what is missing; of each client the lowest clock stays. */
static int add_missing(struct yata_doc *doc, struct yata_pending *p, const struct yata_missing *more, uint32_t count) {
  uint32_t n = 0;
  if (count == 0) return 0;
  YATA_TRY(yata_mem_grow(&doc->mem, &p->missing, &p->cap, (size_t)p->n + count, sizeof(*p->missing)));
  memcpy(p->missing + p->n, more, count * sizeof(*more));
  p->n += count;
  qsort(p->missing, p->n, sizeof(*p->missing), compare_missing);
  for (uint32_t i = 0; i < p->n; i++)
    if (n == 0 || p->missing[n - 1].client != p->missing[i].client) p->missing[n++] = p->missing[i];
  p->n = n;
  return 0;
}

int yata_pending_add(struct yata_doc *doc, const struct yata_later *later, const struct yata_left *left,
                     struct yata_pending *p) {
  yata_buf rest, merged;
  if (left->n_sections == 0) return 0;
  yata_buf_init(&rest, &doc->alloc);
  yata_buf_init(&merged, &doc->alloc);
  int err = write_left(later, left, &rest);
  if (err == 0) err = add_missing(doc, p, left->missing, left->n_missing);
  if (err == 0 && p->update.len > 0) {
    yata_slice both[] = {{p->update.data, p->update.len}, {rest.data, rest.len}};
    err = yata_merge_updates(both, 2, &merged);
    yata_buf_deinit(&rest);
    rest = merged;
  }
  if (err == 0 && rest.len > doc->max_pending) err = YATA_ERR_LIMIT;
  if (err < 0) {
    yata_buf_deinit(&rest);
    return err;
  }
  yata_buf_deinit(&p->update);
  p->update = rest;
  return 0;
}

int yata_pending_copy(struct yata_doc *doc, const struct yata_pending *from, struct yata_pending *to) {
  *to = (struct yata_pending){0};
  yata_buf_init(&to->update, &doc->alloc);
  int err = yata_buf_put(&to->update, from->update.data, from->update.len);
  if (err == 0) err = add_missing(doc, to, from->missing, from->n);
  if (err < 0) yata_pending_deinit(doc, to);
  return err;
}
