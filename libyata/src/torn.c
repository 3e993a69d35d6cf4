/* SPDX-License-Identifier: MIT */
#include "torn.h"

#include <stdlib.h>

#include "store.h"

static bool is_high(uint16_t unit) {
  return unit >= 0xd800 && unit <= 0xdbff;
}

static bool before(const struct yata_torn_pair *a, uint32_t client, uint32_t pos) {
  return a->client < client || (a->client == client && a->pos < pos);
}

static int compare(const void *a, const void *b) {
  const struct yata_torn_pair *x = a, *y = b;
  return before(x, y->client, y->pos) ? -1 : before(y, x->client, x->pos);
}

bool yata_torn_any(const struct yata_doc *doc) {
  for (uint32_t i = 0; i < doc->txn.n_undo; i++)
    if (doc->txn.undo[i].kind == YATA_UNDO_UNIT) return true;
  return false;
}

/* The journal has the two halves of each, one behind the other. */
int yata_torn_find(struct yata_doc *doc, struct yata_torn *out) {
  const struct yata_txn *txn = &doc->txn;
  for (uint32_t i = 0; i + 1 < txn->n_undo; i++) {
    const struct yata_undo *a = &txn->undo[i], *b = a + 1;
    if (a->kind != YATA_UNDO_UNIT || b->kind != YATA_UNDO_UNIT || !is_high(a->u.unit.unit)) continue;
    YATA_TRY(yata_mem_double(&doc->mem, &out->v, &out->cap, (size_t)out->n + 1, sizeof(*out->v)));
    out->v[out->n++] = (struct yata_torn_pair){a->at, a->u.unit.pos, a->u.unit.unit, b->u.unit.unit};
  }
  if (out->n > 1) qsort(out->v, out->n, sizeof(*out->v), compare);
  return 0;
}

uint32_t yata_torn_next(const struct yata_torn *torn, const struct yata_item *it, uint32_t from, uint32_t to,
                        const struct yata_torn_pair **pair) {
  uint32_t lo = 0, hi = torn->n, pos = it->content + from;
  while (lo < hi) {
    uint32_t mid = lo + (hi - lo) / 2;
    if (before(&torn->v[mid], it->client, pos == 0 ? 0 : pos - 1))
      lo = mid + 1;
    else
      hi = mid;
  }
  *pair = lo < torn->n ? &torn->v[lo] : NULL;
  if (*pair == NULL || (*pair)->client != it->client || (*pair)->pos >= it->content + to) return to;
  return (*pair)->pos < pos ? from : (*pair)->pos - it->content;
}

void yata_torn_deinit(struct yata_doc *doc, struct yata_torn *torn) {
  yata_mem_drop(&doc->mem, &torn->v, &torn->cap, sizeof(*torn->v));
}
