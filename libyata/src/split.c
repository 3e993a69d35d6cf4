/* SPDX-License-Identifier: MIT */
#include "integrate.h"

#include "redone.h"
#include "subdoc.h"
#include "tree.h"

static int reserve_split(struct yata_doc *doc) {
  struct yata_txn *txn = &doc->txn;
  return yata_mem_double(&doc->mem, &txn->splits, &txn->cap_splits, (size_t)txn->n_splits + 1, sizeof(*txn->splits));
}

/* There is room for it. */
static void note_split(struct yata_doc *doc, uint32_t h) {
  const struct yata_item *it = &doc->items[h];
  doc->txn.splits[doc->txn.n_splits++] = (struct yata_split){it->client, it->clock, h};
}

static int patch_unit(struct yata_doc *doc, uint32_t client, uint32_t pos) {
  struct yata_store *text = &doc->clients[client].text;
  struct yata_undo undo = {.kind = YATA_UNDO_UNIT, .at = client};
  undo.u.unit.pos = pos;
  undo.u.unit.unit = yata_text_unit(text, pos);
  YATA_TRY(yata_log(doc, &undo));
  return yata_text_patch(doc, text, pos, 0xfffd);
}

/* Is there a surrogate pair that a cut after so many units would part? */
static bool parts_pair(const struct yata_doc *doc, const struct yata_item *it, uint32_t diff) {
  return it->kind == YATA_WIRE_STRING && yata_cuts_pair(doc, it, diff);
}

/* A surrogate pair cut in two becomes two U+FFFD. */
static int mend_pair(struct yata_doc *doc, const struct yata_item *it, uint32_t diff) {
  uint32_t client = it->client, pos = it->content + diff;
  if (!parts_pair(doc, it, diff)) return 0;
  YATA_TRY(patch_unit(doc, client, pos - 1));
  return patch_unit(doc, client, pos);
}

/* A new item and its place in the client's index. */
static int new_part(struct yata_doc *doc, const struct yata_item *it, uint32_t diff, uint32_t *r) {
  uint32_t client = it->client, clock = it->clock + diff;
  YATA_TRY(yata_item_new(doc, r));
  int err = yata_index_insert(doc, client, clock, *r);
  if (err < 0) yata_item_free(doc, *r);
  return err;
}

int yata_split(struct yata_doc *doc, uint32_t h, uint32_t diff, uint32_t *right) {
  uint32_t r;
  YATA_TRY(mend_pair(doc, &doc->items[h], diff));
  YATA_TRY(reserve_split(doc));
  if (doc->items[h].flags & YATA_ITEM_REDONE) YATA_TRY(yata_redone_split(doc, &doc->items[h], diff));
  YATA_TRY(yata_log_reserve(doc));
  YATA_TRY(new_part(doc, &doc->items[h], diff, &r));
  struct yata_item *it = &doc->items[h], *rit = &doc->items[r];
  *rit = *it;
  rit->clock += diff;
  rit->len -= diff;
  rit->left = h;
  rit->origin = it->client + 1;
  rit->origin_clock = rit->clock - 1;
  if (it->kind == YATA_WIRE_STRING || yata_kind_has_values(it->kind)) rit->content += diff;
  it->right = r;
  it->len = diff;
  if (rit->right != 0) doc->items[rit->right].left = r;
  note_split(doc, r);
  yata_tree_split_off(doc, r);
  (void)yata_log_add(doc, YATA_UNDO_SPLIT, r);
  if (it->key != 0 && rit->right == 0) YATA_TRY(yata_ent_set(doc, it->parent, it->key, r));
  *right = r;
  return 0;
}

void yata_shift(struct yata_doc *doc, uint32_t h, bool right, uint32_t units) {
  struct yata_client *c = &doc->clients[doc->items[h].client];
  uint32_t clock = yata_shift_units(doc, h, right, units);
  yata_index_move(c, clock, right ? clock - units : clock + units);
}

int yata_clean_start(struct yata_doc *doc, uint32_t client, uint32_t clock, uint32_t *out) {
  *out = yata_index_lookup(doc, client, clock);
  const struct yata_item *it = &doc->items[*out];
  if (it->clock == clock || it->kind == YATA_WIRE_GC) return 0;
  return yata_split(doc, *out, clock - it->clock, out);
}

int yata_clean_end(struct yata_doc *doc, uint32_t client, uint32_t clock, uint32_t *out) {
  *out = yata_index_lookup(doc, client, clock);
  const struct yata_item *it = &doc->items[*out];
  if (it->clock + it->len - 1 == clock || it->kind == YATA_WIRE_GC) return 0;
  uint32_t right;
  return yata_split(doc, *out, clock - it->clock + 1, &right);
}

int yata_split_for_good(struct yata_doc *doc, uint32_t client, uint32_t clock) {
  uint32_t h = yata_index_lookup(doc, client, clock - 1), ignored;
  const struct yata_item *it = &doc->items[h];
  uint32_t diff = clock - it->clock;
  if (diff == it->len || !((it->flags & YATA_ITEM_REDONE) || parts_pair(doc, it, diff))) return 0;
  return yata_split(doc, h, diff, &ignored);
}

/* ---- delete ------------------------------------------------------------------------------- */

/* Delete one item, but not what a type that it holds contains. */
static int delete_one(struct yata_doc *doc, uint32_t h) {
  struct yata_item *it = &doc->items[h];
  YATA_TRY(yata_log_reserve(doc));
  YATA_TRY(yata_ranges_add(doc, &doc->txn.deleted, doc->clients[it->client].id, it->clock, it->len));
  if (it->kind == YATA_WIRE_DOC) YATA_TRY(yata_subdoc_deleting(doc, h));
  if (it->key == 0 && yata_kind_countable(it->kind)) yata_run_shrunk(doc, h, it->len);
  yata_item_set_deleted(doc, it);
  (void)yata_log_add(doc, YATA_UNDO_HIDE, h);
  doc->txn.hid = true;
  return 0;
}

static int delete_child(struct yata_doc *doc, uint32_t h) {
  const struct yata_item *it = &doc->items[h];
  if (!(it->flags & YATA_ITEM_DELETED)) return delete_one(doc, h);
  /* Deleted before this transaction: it will be collected and may merge with others. */
  if (it->clock >= yata_client_before(doc, it->client)) return 0;
  YATA_TRY(reserve_split(doc));
  note_split(doc, h);
  return 0;
}

static bool is_type(const struct yata_doc *doc, uint32_t h) {
  return doc->items[h].kind == YATA_WIRE_TYPE;
}

/* The first child of a type: of its list, or else of its map; 0: none. */
static uint32_t first_child(const struct yata_doc *doc, uint32_t type) {
  const struct yata_typ *t = &doc->types[type];
  return t->start != 0 ? t->start : doc->ents[t->first].item;
}

/* The child behind this one: the list comes first, then the map's present values in the order of their keys. */
static uint32_t next_child(const struct yata_doc *doc, uint32_t h) {
  const struct yata_item *it = &doc->items[h];
  if (it->key != 0) return yata_ent_behind(doc, it->parent, it->key);
  return it->right != 0 ? it->right : doc->ents[doc->types[it->parent].first].item;
}

/* What a type holds goes before what is behind it, as in Yjs: things are redone in the order in which they went. */
int yata_delete(struct yata_doc *doc, uint32_t root) {
  if (doc->items[root].flags & YATA_ITEM_DELETED) return 0;
  YATA_TRY(delete_one(doc, root));
  if (!is_type(doc, root)) return 0;
  uint32_t type = doc->items[root].content, h = first_child(doc, type);
  for (;;) {
    while (h == 0) {
      uint32_t holder = doc->types[type].item;
      if (holder == root) return 0;
      type = doc->items[holder].parent;
      h = next_child(doc, holder);
    }
    bool enter = is_type(doc, h) && !(doc->items[h].flags & YATA_ITEM_DELETED);
    YATA_TRY(delete_child(doc, h));
    if (enter) type = doc->items[h].content;
    h = enter ? first_child(doc, type) : next_child(doc, h);
  }
}
