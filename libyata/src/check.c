/* SPDX-License-Identifier: MIT */
/* Every invariant of a document, verified. */
#include "encode.h"
#include "redone.h"
#include "store.h"
#include "tree.h"

struct tally {
  uint32_t items; /* reached through the clients' indexes */
  uint32_t subdocs;
  uint32_t listed; /* reached through lists and chains, or GC structs */
};

#define MUST(condition)                                                                                                \
  do {                                                                                                                 \
    if (!(condition)) return YATA_ERR_CORRUPT;                                                                         \
  } while (0)

static int check_content(const yata_doc *doc, const struct yata_item *it) {
  const struct yata_client *c = &doc->clients[it->client];
  if (it->kind == YATA_WIRE_STRING)
    MUST(it->content + it->len <= c->text.len);
  else if (yata_kind_has_values(it->kind))
    MUST(it->content + it->len <= c->values.len);
  if (it->kind == YATA_WIRE_TYPE)
    MUST(it->content > 0 && it->content < doc->n_types && (doc->types[it->content].flags & YATA_TYPE_ALIVE) &&
         it->len == 1);
  return 0;
}

static int check_item(const yata_doc *doc, uint32_t h) {
  const struct yata_item *it = &doc->items[h];
  MUST(it->len > 0 && !(it->flags & YATA_ITEM_FREE));
  if (it->kind == YATA_WIRE_GC) {
    MUST((it->flags & YATA_ITEM_DELETED) && it->parent == 0 && it->left == 0 && it->right == 0);
    return 0;
  }
  MUST(it->kind <= YATA_WIRE_DOC);
  MUST(it->kind != YATA_WIRE_DELETED || (it->flags & YATA_ITEM_DELETED));
  MUST(!(it->flags & YATA_ITEM_REDONE) || yata_redone_has(doc, it));
  MUST(it->parent > 0 && it->parent < doc->n_types);
  MUST(doc->types[it->parent].flags & YATA_TYPE_ALIVE);
  MUST(it->key < doc->n_keys && it->left < doc->n_items && it->right < doc->n_items);
  MUST(it->left == 0 || doc->items[it->left].right == h);
  MUST(it->right == 0 || doc->items[it->right].left == h);
  MUST(it->origin <= doc->n_clients && it->ror <= doc->n_clients);
  MUST(it->origin == 0 || it->origin_clock < doc->clients[it->origin - 1].state);
  MUST(it->ror == 0 || it->ror_clock < doc->clients[it->ror - 1].state);
  return check_content(doc, it);
}

/* Chunks of text count what is not collected of them. Runs come in the order of what they hold. */
struct live {
  const struct yata_store *text;
  uint32_t chunk, units;
};

/* All before that chunk was seen. */
static int check_chunks(struct live *l, uint32_t until) {
  for (; l->chunk < until; l->chunk++, l->units = 0) {
    const struct yata_chunk *chunk = &l->text->chunks[l->chunk];
    MUST(chunk->live == l->units && (chunk->data != NULL || chunk->live == 0));
  }
  return 0;
}

static int check_run(struct live *l, const struct yata_item *it) {
  if (it->kind != YATA_WIRE_STRING) return 0;
  for (uint32_t pos = it->content, end = pos + it->len; pos < end;) {
    uint32_t chunk = pos >> YATA_TEXT_SHIFT, next = (chunk + 1) << YATA_TEXT_SHIFT;
    MUST(chunk >= l->chunk);
    if (check_chunks(l, chunk) < 0) return YATA_ERR_CORRUPT;
    l->units += (next < end ? next : end) - pos;
    pos = next;
  }
  return 0;
}

static uint32_t chunks_of(const struct yata_store *text) {
  return (text->len + (1u << YATA_TEXT_SHIFT) - 1) >> YATA_TEXT_SHIFT;
}

static int check_client(const yata_doc *doc, uint32_t n, struct tally *tally) {
  const struct yata_client *c = &doc->clients[n];
  uint32_t clock = 0;
  struct live live = {.text = &c->text};
  for (uint32_t b = 0; b < c->n_blocks; b++) {
    const struct yata_block *block = &c->blocks[b];
    MUST(block->n > 0 && block->n <= block->cap && block->cap <= YATA_BLOCK_MAX);
    MUST(block->first == block->clocks[0]);
    for (uint32_t i = 0; i < block->n; i++) {
      uint32_t h = block->clocks[block->cap + i];
      MUST(h > 0 && h < doc->n_items);
      const struct yata_item *it = &doc->items[h];
      MUST(block->clocks[i] == clock && it->clock == clock && it->client == n);
      if (check_item(doc, h) < 0 || (!doc->txn.open && check_run(&live, it) < 0)) return YATA_ERR_CORRUPT;
      clock += it->len;
      tally->items++;
      tally->subdocs += it->kind == YATA_WIRE_DOC && !(it->flags & YATA_ITEM_DELETED);
      tally->listed += it->kind == YATA_WIRE_GC;
    }
  }
  MUST(clock == c->state);
  if (!doc->txn.open && check_chunks(&live, chunks_of(&c->text)) < 0) return YATA_ERR_CORRUPT;
  MUST(yata_deleted_check(doc, c) == 0);
  return 0;
}

static int check_list(const yata_doc *doc, uint32_t t, struct tally *tally) {
  uint32_t length = 0, before = 0;
  for (uint32_t h = doc->types[t].start; h != 0; h = doc->items[h].right) {
    const struct yata_item *it = &doc->items[h];
    MUST(tally->listed < doc->n_items && it->left == before && it->parent == t);
    MUST(it->key == 0);
    length += yata_item_counts(it) ? it->len : 0;
    tally->listed++;
    before = h;
  }
  MUST(length == doc->types[t].length);
  return 0;
}

/* A key's chain ends with its current value. What came before need not be deleted: bytes from
 * outside may hold a run of several units at one key, which is split, in Yjs, too. */
static int check_chain(const yata_doc *doc, const struct yata_ent *e, struct tally *tally) {
  MUST(e->item > 0 && e->item < doc->n_items && doc->items[e->item].right == 0);
  for (uint32_t h = e->item; h != 0; h = doc->items[h].left) {
    const struct yata_item *it = &doc->items[h];
    MUST(tally->listed < doc->n_items && it->parent == e->type && it->key == e->key);
    tally->listed++;
  }
  return 0;
}

static int check_type(const yata_doc *doc, uint32_t t, struct tally *tally) {
  const struct yata_typ *typ = &doc->types[t];
  uint32_t last = 0;
  if (!(typ->flags & YATA_TYPE_ALIVE)) return 0;
  MUST(((typ->flags & YATA_TYPE_ROOT) != 0) == (typ->item == 0));
  if (typ->item != 0) MUST(doc->items[typ->item].kind == YATA_WIRE_TYPE && doc->items[typ->item].content == t);
  if (check_list(doc, t, tally) < 0) return YATA_ERR_CORRUPT;
  for (uint32_t e = typ->first; e != 0; e = doc->ents[e].next) {
    MUST(doc->ents[e].type == t);
    MUST(yata_ent_get(doc, t, doc->ents[e].key) == doc->ents[e].item);
    if (check_chain(doc, &doc->ents[e], tally) < 0) return YATA_ERR_CORRUPT;
    last = e;
  }
  MUST(last == typ->last);
  return 0;
}

/* What waits is noted sorted and joined, so that it is found. */
static int check_pending(const struct yata_ranges *units) {
  for (uint32_t i = 1; i < units->n; i++) {
    const struct yata_range *a = &units->v[i - 1], *b = &units->v[i];
    MUST(a->client < b->client || (a->client == b->client && a->clock + a->len < b->clock));
  }
  return 0;
}

int yata_doc_check(const yata_doc *doc) {
  struct tally tally = {0};
  for (uint32_t i = 0; i < doc->n_clients; i++) {
    MUST(i == 0 || i >= doc->n_ordered || doc->clients[doc->order[i - 1]].id > doc->clients[doc->order[i]].id);
    if (check_client(doc, i, &tally) < 0) return YATA_ERR_CORRUPT;
  }
  MUST(tally.items == doc->used_items);
  for (uint32_t t = 1; t < doc->n_types; t++)
    if (check_type(doc, t, &tally) < 0) return YATA_ERR_CORRUPT;
  MUST(tally.listed == doc->used_items);
  if (!doc->txn.open) MUST(tally.subdocs == doc->n_subdocs);
  MUST(check_pending(&doc->pending.units) == 0);
  return yata_tree_check(doc);
}
