/* SPDX-License-Identifier: MIT */
/* Short cuts for tiny updates. Whatever is unusual goes the long way, so everything here is looked at before
 * anything changes, and what changes needs no memory. */
#include "quick.h"

#include "typing.h"

/* Room for so many more items without growing anything. */
static bool has_items(const struct yata_doc *doc, uint32_t n) {
  return doc->used_items + n < doc->cap_items;
}

static bool has_slots(const struct yata_client *c, uint32_t block, uint32_t n) {
  return c->blocks[block].n + n <= c->blocks[block].cap;
}

static bool has_splits(struct yata_doc *doc) {
  return yata_mem_grow(&doc->mem, &doc->txn.splits, &doc->txn.cap_splits, 4, sizeof(*doc->txn.splits)) == 0;
}

/* Is the list alive, and without formats (which have clean-up of their own)? */
static bool is_plain(const struct yata_doc *doc, uint32_t type) {
  const struct yata_typ *t = &doc->types[type];
  return !(t->flags & YATA_TYPE_FORMATTED) && (t->item == 0 || !yata_item_deleted(doc, t->item));
}

/* Split where there is room for it; what was redone would need more. */
static uint32_t split(struct yata_doc *doc, uint32_t h, uint32_t diff) {
  uint32_t right = 0;
  int err = yata_split(doc, h, diff, &right);
  (void)err;
  return right;
}

/* ---- a run of text -------------------------------------------------------------------------- */

struct insert {
  uint64_t id;
  struct yata_wid left, right;
  uint32_t clock;
  bool has_right;
  yata_slice text; /* ASCII */
};

static bool read_wid(struct yata_rd *rd, struct yata_wid *id) {
  return yata_rd_uint(rd, &id->client) == 0 && yata_rd_clock(rd, &id->clock) == 0;
}

static bool is_ascii(yata_slice s) {
  uint8_t any = 0;
  for (size_t i = 0; i < s.len; i++) any |= s.data[i];
  return any < 0x80;
}

/* What stands behind "one client": one struct of text that has a left origin, and no deletions. */
static bool read_insert(struct yata_rd *rd, struct insert *in) {
  uint64_t n;
  if (yata_rd_uint(rd, &n) < 0 || n != 1 || yata_rd_uint(rd, &in->id) < 0 || yata_rd_clock(rd, &in->clock) < 0)
    return false;
  if (rd->p == rd->end) return false;
  uint8_t info = *rd->p++;
  in->has_right = info & YATA_INFO_RIGHT;
  if ((info & ~YATA_INFO_RIGHT) != (YATA_WIRE_STRING | YATA_INFO_LEFT) || !read_wid(rd, &in->left)) return false;
  if (in->has_right && !read_wid(rd, &in->right)) return false;
  if (yata_rd_bytes(rd, &in->text) < 0 || in->text.len == 0 || in->text.len > YATA_CLOCK_MAX - in->clock) return false;
  return rd->end - rd->p == 1 && *rd->p == 0 && is_ascii(in->text);
}

/* The run goes on where its client's last item, `h`, ends. */
static bool extend(struct yata_doc *doc, uint32_t client, uint32_t h, const struct insert *in) {
  struct yata_client *c = &doc->clients[client];
  struct yata_item *it = &doc->items[h];
  uint32_t len = (uint32_t)in->text.len;
  if (it->kind != YATA_WIRE_STRING || it->key != 0 || (it->flags & (YATA_ITEM_DELETED | YATA_ITEM_REDONE)))
    return false;
  if (it->content + it->len != c->text.len || !is_plain(doc, it->parent)) return false;
  if (in->has_right) {
    const struct yata_item *r = &doc->items[it->right];
    if (it->ror == 0 || it->right == 0 || r->clock != in->right.clock || it->ror_clock != in->right.clock ||
        r->client != it->ror - 1 || doc->clients[r->client].id != in->right.client)
      return false;
  } else if (it->ror != 0 || it->right != 0) {
    return false;
  }
  if (!yata_text_put(&c->text, in->text)) return false;
  yata_run_grown(doc, h, len);
  return true;
}

/* Where a run goes in the middle of a list. */
struct place {
  uint32_t left, right; /* items; right: unless `left` is split */
  uint32_t origin, ror; /* client numbers + 1 */
  uint32_t cut;         /* units of `left` that stay left; 0: all */
};

static bool find_place(struct yata_doc *doc, uint32_t client, const struct insert *in, struct place *at) {
  uint32_t lc = yata_client_find(doc, in->left.client), rc = YATA_NO_CLIENT;
  if (in->has_right) rc = yata_client_find(doc, in->right.client);
  if (lc == YATA_NO_CLIENT || in->left.clock >= doc->clients[lc].state) return false;
  if (in->has_right && (rc == YATA_NO_CLIENT || in->right.clock >= doc->clients[rc].state)) return false;
  const struct yata_client *c = &doc->clients[lc];
  struct yata_pos pos = yata_index_find(c, in->left.clock);
  at->left = yata_index_at(c, pos);
  at->origin = lc + 1;
  at->ror = in->has_right ? rc + 1 : 0;
  at->cut = 0;
  const struct yata_item *l = &doc->items[at->left];
  if (l->kind == YATA_WIRE_GC || l->key != 0 || (l->flags & YATA_ITEM_REDONE) || !is_plain(doc, l->parent))
    return false;
  at->right = l->right;
  if (l->clock + l->len - 1 == in->left.clock) {
    const struct yata_item *r = &doc->items[at->right];
    return in->has_right ? at->right != 0 && r->client == rc && r->clock == in->right.clock : at->right == 0;
  }
  at->cut = in->left.clock + 1 - l->clock;
  return rc == lc && in->right.clock == in->left.clock + 1 &&
         (l->kind == YATA_WIRE_DELETED || (l->kind == YATA_WIRE_STRING && !yata_cuts_pair(doc, l, at->cut))) &&
         has_slots(c, pos.block, client == lc ? 2 : 1) && has_splits(doc);
}

static bool insert_between(struct yata_doc *doc, uint32_t client, const struct insert *in) {
  struct yata_client *c = &doc->clients[client];
  struct place at;
  uint32_t content = c->text.len, h = 0;
  if (!has_items(doc, 3) || !has_slots(c, c->n_blocks - 1, 1) || !find_place(doc, client, in, &at)) return false;
  if (!yata_text_put(&c->text, in->text)) return false;
  if (at.cut > 0) at.right = split(doc, at.left, at.cut);
  int err = yata_item_new(doc, &h);
  struct yata_item *l = &doc->items[at.left];
  doc->items[h] = (struct yata_item){
      .clock = in->clock,
      .len = (uint32_t)in->text.len,
      .left = at.left,
      .right = at.right,
      .origin = at.origin,
      .origin_clock = in->left.clock,
      .ror = at.ror,
      .ror_clock = in->has_right ? in->right.clock : 0,
      .client = client,
      .parent = l->parent,
      .content = content,
      .kind = YATA_WIRE_STRING,
  };
  yata_link(doc, h);
  doc->types[l->parent].length += (uint32_t)in->text.len;
  yata_tree_linked(doc, h);
  if (err == 0) err = yata_index_append(doc, client, in->clock, h);
  (void)err; /* there is room for all of it */
  c->state += (uint32_t)in->text.len;
  return true;
}

/* Does the client's last item merge with the one before? Mostly not: it did when it was made, or never will. */
static bool merges(const struct yata_doc *doc, const struct yata_client *c) {
  struct yata_pos last = yata_index_last(c), before = last;
  uint32_t h = yata_index_at(c, last);
  return yata_index_prev(c, &before) && yata_item_mergeable(&doc->items[yata_index_at(c, before)], h, &doc->items[h]);
}

/* From here on the next key is expected. */
static void expect_next(struct yata_doc *doc, uint32_t h) {
  struct yata_hearing *at = &doc->hearing;
  at->txn_id = doc->txn.id;
  at->epoch = doc->mark_epoch + 1; /* of an update that was applied */
  at->item = h;
}

/* The next key of who typed last, with nothing in between: nothing is to be looked for. */
static bool apply_next(struct yata_doc *doc, const uint8_t *update, size_t len) {
  struct yata_hearing *at = &doc->hearing;
  struct yata_key_update *u = &at->next;
  if (at->epoch != doc->mark_epoch || at->txn_id != doc->txn.id || len != u->len || update[u->key_at] >= 0x80 ||
      update[len - 1] != 0 || memcmp(update, u->bytes, u->key_at) != 0)
    return false;
  struct yata_client *c = &doc->clients[doc->items[at->item].client];
  if (c->state >= YATA_CLOCK_MAX || !yata_text_put(&c->text, (yata_slice){update + u->key_at, 1})) return false;
  yata_run_grown(doc, at->item, 1);
  yata_key_step(u);
  expect_next(doc, at->item);
  return true;
}

static bool apply_insert(struct yata_doc *doc, struct yata_rd *rd, const uint8_t *update, size_t len) {
  struct insert in;
  if (!read_insert(rd, &in)) return false;
  uint32_t client = yata_client_find(doc, in.id);
  if (client == YATA_NO_CLIENT || doc->clients[client].state != in.clock || in.clock == 0) return false;
  struct yata_client *c = &doc->clients[client];
  bool goes_on = in.left.client == in.id && in.left.clock + 1 == in.clock &&
                 extend(doc, client, yata_index_at(c, yata_index_last(c)), &in);
  if (!goes_on && !insert_between(doc, client, &in)) return false;
  if (doc->txn.n_splits > 0 || merges(doc, c)) yata_cleanup_quick(doc, client, NULL);
  if (goes_on && in.text.len == 1 && update[0] == 1 && update[1] == 1) { /* no counts of more bytes than they need */
    yata_key_set(&doc->hearing.next, update, len, false, 1);
    expect_next(doc, yata_index_at(c, yata_index_last(c)));
  }
  return true;
}

/* ---- a deletion ----------------------------------------------------------------------------- */

struct cut {
  struct yata_client *c;
  struct yata_pos pos; /* of the item in the client's index */
  uint32_t h, clock, len;
};

static bool is_grave(const struct yata_item *it) {
  return it->kind == YATA_WIRE_DELETED && it->flags == YATA_ITEM_DELETED;
}

/* The end of a live item goes to the deleted one behind it. */
static bool give_right(struct yata_doc *doc, const struct cut *cut) {
  struct yata_pos next = cut->pos, after;
  if (!yata_index_next(cut->c, &next)) return false;
  uint32_t rh = yata_index_at(cut->c, next);
  struct yata_item *it = &doc->items[cut->h], *r = &doc->items[rh];
  if (it->right != rh || !is_grave(r) || !yata_item_follows(it, r)) return false;
  after = next;
  if (yata_index_next(cut->c, &after)) {
    uint32_t h = yata_index_at(cut->c, after);
    if (yata_item_mergeable(r, h, &doc->items[h])) return false;
  }
  yata_run_shrunk(doc, cut->h, cut->len);
  yata_text_release(doc, it->client, it->content + it->len - cut->len, cut->len);
  yata_shift_units(doc, cut->h, true, cut->len);
  yata_index_set(cut->c, next, r->clock);
  return true;
}

/* The beginning of a live item goes to the deleted one before it. */
static bool give_left(struct yata_doc *doc, const struct cut *cut) {
  struct yata_pos prev = cut->pos, other;
  if (!yata_index_prev(cut->c, &prev)) return false;
  uint32_t lh = yata_index_at(cut->c, prev);
  struct yata_item *it = &doc->items[cut->h], *l = &doc->items[lh];
  if (l->right != cut->h || !is_grave(l) || !yata_item_follows(l, it)) return false;
  other = prev;
  if (yata_index_prev(cut->c, &other) && yata_item_mergeable(&doc->items[yata_index_at(cut->c, other)], lh, l))
    return false;
  other = cut->pos;
  if (yata_index_next(cut->c, &other)) {
    uint32_t h = yata_index_at(cut->c, other);
    if (yata_item_mergeable(it, h, &doc->items[h])) return false;
  }
  yata_run_shrunk(doc, cut->h, cut->len);
  yata_text_release(doc, it->client, it->content, cut->len);
  yata_shift_units(doc, cut->h, false, cut->len);
  yata_index_set(cut->c, cut->pos, it->clock);
  return true;
}

/* Split off what goes, and mark it. */
static bool carve(struct yata_doc *doc, const struct cut *cut) {
  uint32_t h = cut->h, before = cut->clock - doc->items[h].clock;
  if (!has_items(doc, 3) || !has_slots(cut->c, cut->pos.block, 2) || !has_splits(doc)) return false;
  if (before > 0) h = split(doc, h, before);
  if (doc->items[h].len > cut->len) split(doc, h, cut->len);
  yata_run_shrunk(doc, h, cut->len);
  yata_item_set_deleted(doc, &doc->items[h]);
  const struct yata_range range = {cut->c->id, cut->clock, cut->len};
  yata_cleanup_quick(doc, YATA_NO_CLIENT, &range);
  return true;
}

static bool apply_cut(struct yata_doc *doc, uint32_t client, uint32_t clock, uint32_t len) {
  struct yata_client *c = &doc->clients[client];
  struct cut cut = {c, yata_index_find(c, clock), 0, clock, len};
  cut.h = yata_index_at(c, cut.pos);
  c->hint = cut.pos;
  const struct yata_item *it = &doc->items[cut.h];
  if (it->kind != YATA_WIRE_STRING || it->flags != 0 || it->key != 0 || !is_plain(doc, it->parent)) return false;
  uint32_t before = clock - it->clock;
  if (len > it->len - before) return false;
  uint32_t behind = it->len - before - len;
  if ((before > 0 && yata_cuts_pair(doc, it, before)) || (behind > 0 && yata_cuts_pair(doc, it, before + len)))
    return false;
  if (before > 0 && behind == 0 && give_right(doc, &cut)) return true;
  if (before == 0 && behind > 0 && give_left(doc, &cut)) return true;
  return carve(doc, &cut);
}

/* What stands behind "no clients": one range of one client. */
static bool apply_deletion(struct yata_doc *doc, struct yata_rd *rd) {
  uint64_t n, id;
  uint32_t clock, len;
  if (doc->keep_deleted || yata_rd_uint(rd, &n) < 0 || n != 1 || yata_rd_uint(rd, &id) < 0) return false;
  if (yata_rd_uint(rd, &n) < 0 || n != 1 || yata_rd_clock(rd, &clock) < 0 || yata_rd_clock(rd, &len) < 0) return false;
  uint32_t client = yata_client_find(doc, id);
  if (rd->p != rd->end || client == YATA_NO_CLIENT) return false;
  uint32_t state = doc->clients[client].state;
  return len > 0 && clock < state && len <= state - clock && apply_cut(doc, client, clock, len);
}

bool yata_apply_quick(struct yata_doc *doc, const uint8_t *update, size_t len) {
  uint64_t n;
  if (len < 5 || doc->observed || doc->pending.update.len > 0 || doc->pending_ds.n > 0) return false;
  struct yata_rd rd = yata_rd_of(update, len);
  bool done = apply_next(doc, update, len) ||
              (yata_rd_uint(&rd, &n) == 0 &&
               (n == 1 ? apply_insert(doc, &rd, update, len) : n == 0 && apply_deletion(doc, &rd)));
  if (done) {
    doc->mark_epoch++;
    yata_typing_forget(doc);
  }
  return done;
}
