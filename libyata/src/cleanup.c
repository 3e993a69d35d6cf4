/* SPDX-License-Identifier: MIT */
/* The end of a transaction: garbage collection, then merging of neighbours, exactly as Yjs, so
 * that the encoded bytes are the same. Nothing here allocates, so nothing here fails. */
#include "integrate.h"
#include "subdoc.h"
#include "tree.h"

/* ---- garbage collection --------------------------------------------------------------------- */

static void release_content(struct yata_doc *doc, struct yata_item *it, uint32_t *work) {
  if (it->kind == YATA_WIRE_STRING) {
    yata_text_release(doc, it->client, it->content, it->len);
  } else if (yata_kind_has_values(it->kind)) {
    yata_values_release(doc, it->client, it->content, it->len);
  } else if (it->kind == YATA_WIRE_TYPE) {
    doc->types[it->content].link = *work;
    *work = it->content;
  }
}

/* A child of a collected type: only its id and length stay. */
static void to_gc(struct yata_doc *doc, struct yata_item *it, uint32_t *work) {
  release_content(doc, it, work);
  *it = (struct yata_item){
      .clock = it->clock, .len = it->len, .client = it->client, .kind = YATA_WIRE_GC, .flags = YATA_ITEM_DELETED};
}

static void collect_type(struct yata_doc *doc, uint32_t t, uint32_t *work) {
  uint32_t next;
  yata_tree_drop(doc, t);
  for (uint32_t h = doc->types[t].start; h != 0; h = next) {
    next = doc->items[h].right;
    to_gc(doc, &doc->items[h], work);
  }
  for (uint32_t e = doc->types[t].first; e != 0; e = doc->ents[e].next) {
    for (uint32_t h = doc->ents[e].item; h != 0; h = next) {
      next = doc->items[h].left;
      to_gc(doc, &doc->items[h], work);
    }
  }
  yata_ents_clear(doc, t);
  yata_type_free(doc, t);
}

static void collect(struct yata_doc *doc, uint32_t h) {
  uint32_t work = 0;
  struct yata_item *it = &doc->items[h];
  release_content(doc, it, &work);
  it->kind = YATA_WIRE_DELETED;
  it->content = 0;
  while (work != 0) {
    uint32_t t = work;
    work = doc->types[t].link;
    collect_type(doc, t, &work);
  }
}

static void collect_range(struct yata_doc *doc, const struct yata_range *r) {
  const struct yata_client *c = &doc->clients[yata_client_find(doc, r->client)];
  struct yata_pos pos = yata_index_find(c, (uint32_t)r->clock);
  do {
    uint32_t h = yata_index_at(c, pos);
    const struct yata_item *it = &doc->items[h];
    if (it->clock >= r->clock + r->len) break;
    if ((it->flags & (YATA_ITEM_DELETED | YATA_ITEM_KEEP)) == YATA_ITEM_DELETED && it->kind != YATA_WIRE_GC &&
        it->kind != YATA_WIRE_DELETED)
      collect(doc, h);
  } while (yata_index_next(c, &pos));
}

/* ---- merging ------------------------------------------------------------------------------ */

bool yata_item_mergeable(const struct yata_item *l, uint32_t rh, const struct yata_item *r) {
  if (l->kind != r->kind || ((l->flags ^ r->flags) & YATA_ITEM_DELETED) || ((l->flags | r->flags) & YATA_ITEM_REDONE))
    return false;
  if (l->kind == YATA_WIRE_GC) return true;
  if (l->right != rh || !yata_item_follows(l, r)) return false;
  switch (l->kind) {
  case YATA_WIRE_DELETED: return true;
  case YATA_WIRE_STRING:
  case YATA_WIRE_ANY:
  case YATA_WIRE_JSON: return l->content + l->len == r->content;
  default: return false;
  }
}

static void move_mark(struct yata_doc *doc, uint32_t lh, uint32_t rh) {
  const struct yata_item *l = &doc->items[lh];
  struct yata_typ *t = &doc->types[l->parent];
  if (t->mark != rh) return;
  t->mark = lh;
  if (yata_item_counts(l)) t->mark_index -= l->len;
}

static void merge(struct yata_doc *doc, uint32_t lh, uint32_t rh) {
  struct yata_item *l = &doc->items[lh], *r = &doc->items[rh];
  if (l->kind != YATA_WIRE_GC) {
    move_mark(doc, lh, rh);
    if (doc->in_force.item == rh) doc->in_force.item = lh;
    yata_tree_merging(doc, lh, rh);
    l->right = r->right;
    if (r->right != 0)
      doc->items[r->right].left = lh;
    else if (r->key != 0)
      yata_ent_replace(doc, r->parent, r->key, lh);
  }
  l->len += r->len;
  l->flags |= r->flags & YATA_ITEM_KEEP;
  yata_item_free(doc, rh);
}

/* Merge the item at *pos into those before it, as far as it goes; *pos is then the result. The
 * number of merged items. */
static uint32_t merge_left(struct yata_doc *doc, struct yata_client *c, struct yata_pos *pos) {
  uint32_t merged = 0;
  for (;;) {
    struct yata_pos before = *pos;
    if (!yata_index_prev(c, &before)) return merged;
    uint32_t lh = yata_index_at(c, before), rh = yata_index_at(c, *pos);
    if (!yata_item_mergeable(&doc->items[lh], rh, &doc->items[rh])) return merged;
    merge(doc, lh, rh);
    yata_index_remove(doc, c, pos);
    merged++;
  }
}

/* May r merge with l, the one before it in the index? Mostly something stands between the two. */
static inline bool may_merge(const struct yata_item *l, uint32_t rh, const struct yata_item *r) {
  return (l->right == rh || l->kind == YATA_WIRE_GC) && l->kind == r->kind;
}

/* From *pos leftwards while the items begin at or after `clock`. */
static void merge_down(struct yata_doc *doc, struct yata_client *c, struct yata_pos pos, uint64_t clock) {
  uint32_t h = yata_index_at(c, pos);
  while (doc->items[h].clock >= clock) {
    struct yata_pos before = pos;
    if (!yata_index_prev(c, &before)) return;
    uint32_t l = yata_index_at(c, before);
    if (may_merge(&doc->items[l], h, &doc->items[h]) && merge_left(doc, c, &pos) > 0) {
      before = pos;
      if (!yata_index_prev(c, &before)) return;
      l = yata_index_at(c, before);
    }
    pos = before;
    h = l;
  }
}

static void merge_range(struct yata_doc *doc, const struct yata_range *r) {
  struct yata_client *c = &doc->clients[yata_client_find(doc, r->client)];
  struct yata_pos pos = yata_index_find(c, (uint32_t)(r->clock + r->len - 1));
  yata_index_next(c, &pos);
  merge_down(doc, c, pos, r->clock);
}

static void merge_touched(struct yata_doc *doc, const struct yata_touched *t) {
  struct yata_client *c = &doc->clients[t->client];
  if (c->state == t->before) return;
  struct yata_pos first = yata_index_find(c, t->before);
  merge_down(doc, c, yata_index_last(c), doc->items[yata_index_at(c, first)].clock);
}

/* Does it merge with what its client wrote next? What it merges with is its neighbour in the list, too. */
static bool joins_next(const struct yata_doc *doc, uint32_t h) {
  const struct yata_item *it = &doc->items[h], *r = &doc->items[it->right];
  return it->right != 0 && r->client == it->client && r->clock == it->clock + it->len &&
         yata_item_mergeable(it, it->right, r);
}

/* Nothing merges where most items were split: something went in between. That shows without looking for the place. */
static bool stays_split(const struct yata_doc *doc, const struct yata_split *s) {
  const struct yata_item *it = &doc->items[s->item];
  if (it->clock != s->clock || it->client != s->client || it->kind == YATA_WIRE_GC || (it->flags & YATA_ITEM_FREE))
    return false;
  const struct yata_item *l = &doc->items[it->left];
  return !joins_next(doc, s->item) &&
         !(it->left != 0 && l->client == it->client && l->clock + l->len == it->clock && joins_next(doc, it->left));
}

static void merge_split(struct yata_doc *doc, const struct yata_split *s) {
  if (stays_split(doc, s)) return;
  struct yata_client *c = &doc->clients[s->client];
  struct yata_pos pos = yata_index_find(c, s->clock), next = pos;
  if (yata_index_next(c, &next)) {
    uint32_t merged = merge_left(doc, c, &next);
    if (merged > 1) return;
    if (merged > 0) pos = next;
  }
  merge_left(doc, c, &pos);
}

/* All items of a client are new: each may merge with the one before it. */
static void merge_all(struct yata_doc *doc, struct yata_client *c) {
  uint32_t last = 0, kept = 0;
  for (uint32_t i = 0; i < c->n_blocks; i++) {
    struct yata_block b = c->blocks[i];
    uint32_t n = 0, *handles = b.clocks + b.cap;
    for (uint32_t j = 0; j < b.n; j++) {
      uint32_t h = handles[j];
      if (last != 0 && yata_item_mergeable(&doc->items[last], h, &doc->items[h])) {
        merge(doc, last, h);
        continue;
      }
      last = h;
      handles[n] = h;
      b.clocks[n++] = b.clocks[j];
    }
    b.n = n;
    b.first = b.clocks[0];
    if (n > 0)
      c->blocks[kept++] = b;
    else
      yata_mem_resize(&doc->mem, b.clocks, (size_t)b.cap * 8, 0);
  }
  c->n_blocks = kept;
}

void yata_cleanup(struct yata_doc *doc) {
  struct yata_txn *txn = &doc->txn;
  yata_ranges_sort(&txn->deleted);
  if (txn->n_subs > 0) yata_subdocs_settle(doc);
  if (!doc->keep_deleted && (txn->hid || !txn->virgin))
    for (uint32_t i = 0; i < txn->deleted.n; i++) collect_range(doc, &txn->deleted.v[i]);
  if (txn->virgin) {
    for (uint32_t i = 0; i < doc->n_clients; i++) merge_all(doc, &doc->clients[i]);
    return;
  }
  /* A client's last range first, as in Yjs: what is behind a range then is what that one was merged into. */
  for (uint32_t i = txn->deleted.n; i-- > 0;) merge_range(doc, &txn->deleted.v[i]);
  for (uint32_t i = 0; i < txn->n_touched; i++) merge_touched(doc, &txn->touched[i]);
  for (uint32_t i = txn->n_splits; i-- > 0;) merge_split(doc, &txn->splits[i]);
}

void yata_cleanup_quick(struct yata_doc *doc, uint32_t client, const struct yata_range *deleted) {
  struct yata_txn *txn = &doc->txn;
  if (deleted != NULL) {
    collect_range(doc, deleted);
    merge_range(doc, deleted);
  }
  if (client != YATA_NO_CLIENT) {
    struct yata_pos last = yata_index_last(&doc->clients[client]);
    merge_left(doc, &doc->clients[client], &last);
  }
  for (uint32_t i = txn->n_splits; i-- > 0;) merge_split(doc, &txn->splits[i]);
  txn->n_splits = 0;
}
