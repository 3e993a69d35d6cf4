/* SPDX-License-Identifier: MIT */
/* The edits that people make, one key at a time, on a short path: text goes in at one place of a text without formats,
 * and goes out of one run. Each leaves next to nothing to clean up when it is all that a transaction did. What is not
 * as simple returns 0, nothing done, and goes the general way, with the same result. */
#include "edit_quick.h"
#include "typing.h"

static void finish(struct yata_doc *doc, bool was_fresh) {
  if (was_fresh) doc->txn.quick = doc->txn.n_undo;
}

static void mark(struct yata_doc *doc, uint32_t type, uint32_t h, uint32_t start) {
  struct yata_typ *t = &doc->types[type];
  t->mark = h;
  t->mark_index = start;
  t->mark_epoch = doc->mark_epoch;
}

/* For the next transaction. */
static void remember(struct yata_doc *doc, enum yata_typing_what what, uint32_t type, uint32_t h, uint32_t index) {
  struct yata_typing *at = &doc->typing;
  at->txn_id = 0;
  at->type = (yata_type){type, doc->types[type].generation};
  at->index = index;
  at->item = h;
  at->what = (uint8_t)what;
  at->next.len = 0;
}

/* ---- inserting ---------------------------------------------------------------------------- */

/* Text that goes on where its client's last item ends. Looking for that first touches no item that may be far off. */
static bool goes_on(const struct yata_doc *doc, uint32_t client, uint32_t left, uint32_t right) {
  const struct yata_item *l = &doc->items[left], *r = &doc->items[right];
  const struct yata_client *c = &doc->clients[client];
  return left != 0 && c->n_blocks > 0 && yata_index_at(c, yata_index_last(c)) == left && l->kind == YATA_WIRE_STRING &&
         l->flags == 0 && l->right == right && l->clock + l->len == c->state && l->content + l->len == c->text.len &&
         (right != 0 ? l->ror == r->client + 1 && l->ror_clock == r->clock : l->ror == 0);
}

static int append_text(struct yata_doc *doc, uint32_t client, yata_slice s, uint32_t *pos) {
  struct yata_store *text = &doc->clients[client].text;
  *pos = text->len;
  int err = yata_text_append(doc, client, s, pos);
  if (err == 0) return 0;
  yata_text_truncate(doc, text, *pos);
  yata_typing_forget(doc);
  return err;
}

/* What an item grew by is in the text already. */
static int grown(struct yata_doc *doc, uint32_t h, uint32_t units) {
  yata_run_grown(doc, h, units);
  yata_log_add(doc, YATA_UNDO_GROW, h)->u.grown = units;
  return 1;
}

/* A new item at the end of its client's index. */
static int new_item(struct yata_doc *doc, uint32_t client, uint32_t *h) {
  YATA_TRY(yata_item_new(doc, h));
  int err = yata_index_append(doc, client, doc->clients[client].state, *h);
  if (err < 0) yata_item_free(doc, *h);
  return err;
}

/* Those of an item between its neighbours. It is the first to read these, as late as can be: in a large document they
 * come from memory, while the rest is done. */
static void set_origins(struct yata_doc *doc, uint32_t h) {
  struct yata_item *it = &doc->items[h];
  const struct yata_item *l = &doc->items[it->left], *r = &doc->items[it->right];
  if (it->left != 0) {
    it->origin = l->client + 1;
    it->origin_clock = l->clock + l->len - 1;
  }
  if (it->right != 0) {
    it->ror = r->client + 1;
    it->ror_clock = r->clock;
  }
}

static int put(struct yata_doc *doc, uint32_t type, uint32_t client, uint32_t left, uint32_t right, yata_slice s,
               uint32_t units, uint32_t *h) {
  uint32_t pos = doc->clients[client].text.len;
  if (units != s.len || !yata_text_put(&doc->clients[client].text, s)) YATA_TRY(append_text(doc, client, s, &pos));
  int err = new_item(doc, client, h);
  struct yata_client *c = &doc->clients[client];
  if (err < 0) {
    yata_text_truncate(doc, &c->text, pos);
    return err;
  }
  doc->items[*h] = (struct yata_item){.clock = c->state,
                                      .len = units,
                                      .left = left,
                                      .right = right,
                                      .client = client,
                                      .parent = type,
                                      .content = pos,
                                      .kind = YATA_WIRE_STRING};
  yata_tree_linked(doc, *h);
  set_origins(doc, *h);
  yata_link(doc, *h);
  c->state += units;
  doc->types[type].length += units;
  (void)yata_log_add(doc, YATA_UNDO_PUT, *h);
  return 0;
}

/* The client's part of the text, without splitting: where it would be. */
static void neighbours(struct yata_doc *doc, uint32_t type, uint32_t index, uint32_t *left, uint32_t *right,
                       uint32_t *inside) {
  uint32_t start = 0;
  const struct yata_spot *spot = &doc->trees.spot;
  doc->trees.spot.item = *inside = 0;
  *left = index == 0 ? 0 : yata_seek(doc, type, index, &start);
  *right = spot->next;
  if (spot->item != 0 && index - start == spot->units && *right != 0) return; /* not an item was touched */
  *inside = index - start < doc->items[*left].len ? index - start : 0;
  *right = *left == 0 ? doc->types[type].start : doc->items[*left].right;
  if (*inside == 0) yata_step_deleted(doc, type, index, left, right);
}

static bool ready(struct yata_doc *doc, uint32_t type, uint32_t units, uint32_t *client) {
  if (doc->types[type].flags & YATA_TYPE_FORMATTED) return false;
  *client = yata_client_find(doc, doc->client_id);
  return *client != YATA_NO_CLIENT && units <= YATA_CLOCK_MAX - doc->clients[*client].state;
}

/* `inside`: how much of `left` stays left. */
static int insert_between(struct yata_doc *doc, uint32_t type, uint32_t client, uint32_t left, uint32_t right,
                          uint32_t inside, yata_slice s, uint32_t units, uint32_t *h) {
  uint32_t undo = doc->txn.n_undo, splits = doc->txn.n_splits;
  int err = inside != 0 ? yata_split(doc, left, inside, &right) : 0;
  if (err == 0) err = yata_log_reserve(doc);
  if (err == 0) err = put(doc, type, client, left, right, s, units, h);
  if (err < 0) {
    yata_rollback(doc, undo);
    doc->txn.n_splits = splits;
    return err;
  }
  return 1;
}

int yata_quick_insert(struct yata_doc *doc, uint32_t type, uint32_t index, yata_slice s, uint32_t units) {
  uint32_t client, left, right, inside, h, pos;
  bool was_fresh = yata_txn_fresh(&doc->txn);
  int done;
  if (!ready(doc, type, units, &client)) return 0;
  YATA_TRY(yata_log_reserve(doc));
  neighbours(doc, type, index, &left, &right, &inside);
  YATA_TRY(yata_client_note(doc, client));
  struct yata_client *c = &doc->clients[client];
  if (inside == 0 && goes_on(doc, client, left, right)) {
    if (units != s.len || !yata_text_put(&c->text, s)) YATA_TRY(append_text(doc, client, s, &pos));
    done = grown(doc, left, units);
  } else {
    done = insert_between(doc, type, client, left, right, inside, s, units, &h);
    if (done > 0) mark(doc, type, h, index);
  }
  if (done > 0) finish(doc, was_fresh);
  if (done > 0 && was_fresh) remember(doc, YATA_TYPES, type, doc->types[type].mark, index + units);
  return done;
}

/* ---- deleting ----------------------------------------------------------------------------- */

/* Would the part of `it` that touches its deleted neighbour merge with that, once it is deleted? `l` and `r` are
 * the two in the order of the list. */
static bool joins(const struct yata_doc *doc, const struct yata_item *l, const struct yata_item *r, bool right) {
  const struct yata_item *other = right ? r : l;
  return l->client == r->client && l->clock + l->len == r->clock && other->flags == YATA_ITEM_DELETED &&
         other->kind == (doc->keep_deleted ? YATA_WIRE_STRING : YATA_WIRE_DELETED) && r->origin == l->client + 1 &&
         r->origin_clock == r->clock - 1 && l->ror == r->ror && (l->ror == 0 || l->ror_clock == r->ror_clock) &&
         (other->kind != YATA_WIRE_STRING || l->content + l->len == r->content);
}

static int shift(struct yata_doc *doc, uint32_t h, bool right, uint32_t units) {
  const struct yata_item *it = &doc->items[h];
  YATA_TRY(yata_log_reserve(doc));
  YATA_TRY(yata_ranges_add(doc, &doc->txn.deleted, doc->clients[it->client].id,
                           it->clock + (right ? it->len - units : 0), units));
  yata_quick_shift(doc, h, right, units);
  return 1;
}

/* Split off what goes, and mark it. Whoever commits this alone collects it and merges around it. */
static int cut_out(struct yata_doc *doc, uint32_t h, uint32_t offset, uint32_t count) {
  uint32_t rest;
  if (offset > 0) YATA_TRY(yata_split(doc, h, offset, &h));
  if (doc->items[h].len > count) YATA_TRY(yata_split(doc, h, count, &rest));
  YATA_TRY(yata_log_reserve(doc));
  struct yata_item *it = &doc->items[h];
  YATA_TRY(yata_ranges_add(doc, &doc->txn.deleted, doc->clients[it->client].id, it->clock, count));
  yata_run_shrunk(doc, h, count);
  yata_item_set_deleted(doc, it);
  (void)yata_log_add(doc, YATA_UNDO_HIDE, h);
  return 1;
}

static int cut(struct yata_doc *doc, uint32_t h, uint32_t offset, uint32_t count) {
  const struct yata_item *it = &doc->items[h];
  uint32_t end = offset + count;
  if (!yata_txn_fresh(&doc->txn) || doc->keep_deleted || end > it->len ||
      (offset > 0 && yata_cuts_pair(doc, it, offset)) || (end < it->len && yata_cuts_pair(doc, it, end)))
    return 0;
  int done = cut_out(doc, h, offset, count);
  if (done > 0) return done;
  yata_rollback(doc, 0);
  doc->txn.n_splits = 0;
  return done;
}

/* What goes is at an edge of the item, beside a deleted neighbour that it joins. */
static bool at_grave(const struct yata_doc *doc, const struct yata_item *it, uint32_t offset, uint32_t count) {
  if (count >= it->len) return false;
  if (offset > 0)
    return offset + count == it->len && it->right != 0 && joins(doc, it, &doc->items[it->right], true) &&
           !yata_cuts_pair(doc, it, offset);
  return it->left != 0 && joins(doc, &doc->items[it->left], it, false) && !yata_cuts_pair(doc, it, count);
}

/* What deleting there is going to read, asked for at once: in a large document each comes from memory. Text is read
 * where it is not plain. */
static void fetch(struct yata_doc *doc, const struct yata_item *it, uint32_t offset) {
  struct yata_client *c = &doc->clients[it->client];
  uint32_t pos = it->content + offset;
  const struct yata_chunk *chunk = &c->text.chunks[pos >> YATA_TEXT_SHIFT];
  if (it->left != 0) __builtin_prefetch(&doc->items[it->left].origin);
  if (chunk->width > 1) __builtin_prefetch(chunk->data + 2 * (size_t)(pos & ((1u << YATA_TEXT_SHIFT) - 1)));
  (void)yata_index_find(c, it->clock + offset); /* is remembered */
}

int yata_quick_delete(struct yata_doc *doc, uint32_t type, uint32_t index, uint32_t count) {
  uint32_t start;
  bool was_fresh = yata_txn_fresh(&doc->txn);
  if ((doc->types[type].flags & YATA_TYPE_FORMATTED) || doc->watched) return 0;
  uint32_t h = yata_seek(doc, type, index + 1, &start), offset = index - start;
  const struct yata_item *it = &doc->items[h];
  if (it->kind != YATA_WIRE_STRING || it->flags != 0) return 0;
  fetch(doc, it, offset);
  if (at_grave(doc, it, offset, count)) {
    YATA_TRY(shift(doc, h, offset > 0, count));
    if (was_fresh) remember(doc, offset > 0 ? YATA_ERASES_BACK : YATA_ERASES_AHEAD, type, h, index);
  } else {
    int done = cut(doc, h, offset, count);
    if (done <= 0) return done;
  }
  finish(doc, was_fresh);
  return 1;
}
