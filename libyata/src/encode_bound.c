/* SPDX-License-Identifier: MIT */
/* How long an update can get, without writing it. */
#include "encode.h"
#include "held.h"

/* Of an item: an info byte, four numbers of its origins and one for its length, rounded up. Of all: what a writer asks
 * for and does not use. */
#define NUMBER_MAX 10
#define ITEM_MAX (8 * NUMBER_MAX)
#define SPARE 1024

static size_t values_bound(const struct yata_doc *doc, const struct yata_item *it, uint32_t offset) {
  const struct yata_store *values = &doc->clients[it->client].values;
  size_t n = 0;
  if (it->kind == YATA_WIRE_EMBED || it->kind == YATA_WIRE_FORMAT)
    return yata_held_bound(it->kind, yata_value_bytes(values, it->content));
  for (uint32_t i = offset; i < it->len; i++) n += yata_value_bytes(values, it->content + i).len;
  return n;
}

static size_t content_bound(const struct yata_doc *doc, const struct yata_item *it, uint32_t offset) {
  if (it->kind == YATA_WIRE_STRING) return 3 * (size_t)(it->len - offset); /* a unit is three bytes of UTF-8 at most */
  if (yata_kind_has_values(it->kind)) return values_bound(doc, it, offset);
  if (it->kind != YATA_WIRE_TYPE) return 0;
  const struct yata_typ *t = &doc->types[it->content];
  return t->kind == YATA_KIND_XML_ELEMENT || t->kind == YATA_KIND_XML_HOOK ? yata_key_bytes(doc, t->name).len : 0;
}

/* The names that an item without neighbours has. */
static size_t names_bound(const struct yata_doc *doc, const struct yata_item *it) {
  if ((it->origin | it->ror) != 0 || it->kind == YATA_WIRE_GC) return 0;
  const struct yata_typ *t = &doc->types[it->parent];
  return (t->item == 0 ? yata_key_bytes(doc, t->name).len : 0) + (it->key != 0 ? yata_key_bytes(doc, it->key).len : 0);
}

static size_t client_bound(const struct yata_doc *doc, const struct yata_client *c, uint32_t clock) {
  struct yata_pos pos = yata_index_find(c, clock);
  uint32_t offset = clock - doc->items[yata_index_at(c, pos)].clock;
  size_t n = 0;
  do {
    const struct yata_item *it = &doc->items[yata_index_at(c, pos)];
    n += ITEM_MAX + content_bound(doc, it, offset) + names_bound(doc, it);
    offset = 0;
  } while (yata_index_next(c, &pos));
  return n;
}

size_t yata_txn_bound(const struct yata_doc *doc) {
  const struct yata_txn *txn = &doc->txn;
  size_t n = SPARE + 4 * NUMBER_MAX * (size_t)txn->deleted.n; /* ranges, each of which might be of another client */
  for (uint32_t i = 0; i < txn->n_touched; i++) {
    const struct yata_client *c = &doc->clients[txn->touched[i].client];
    n += 3 * NUMBER_MAX;
    if (c->state > txn->touched[i].before) n += client_bound(doc, c, txn->touched[i].before);
  }
  return n;
}
