/* SPDX-License-Identifier: MIT */
/* YATA: where an item goes among those that were inserted at the same place. */
#include "integrate.h"

#include "canonical.h"
#include "subdoc.h"
#include "tree.h"

/* ---- the set of items seen between origin and right origin ---------------------------------- */

/* Open addressing over doc->seen: pairs (item, round). An item is in itemsBeforeOrigin when it is
 * there at all, and in conflictingItems when its round is the current one. */
struct seen {
  uint32_t n, round;
};

static uint32_t *seen_slot(const struct yata_doc *doc, uint32_t h) {
  uint32_t mask = doc->cap_seen / 2 - 1, i = h * 2654435761u & mask;
  while (doc->seen[2 * i] != 0 && doc->seen[2 * i] != h) i = (i + 1) & mask;
  return &doc->seen[2 * i];
}

static int seen_grow(struct yata_doc *doc) {
  uint32_t old_cap = doc->cap_seen, cap = old_cap ? old_cap * 2 : 64;
  uint32_t *old = doc->seen;
  uint32_t *fresh = yata_mem_resize(&doc->mem, NULL, 0, cap * sizeof(*fresh));
  if (fresh == NULL) return YATA_ERR_NOMEM;
  memset(fresh, 0, cap * sizeof(*fresh));
  doc->seen = fresh;
  doc->cap_seen = cap;
  for (uint32_t i = 0; i < old_cap; i += 2) {
    if (old[i] == 0) continue;
    uint32_t *slot = seen_slot(doc, old[i]);
    slot[0] = old[i];
    slot[1] = old[i + 1];
  }
  yata_mem_resize(&doc->mem, old, old_cap * sizeof(*old), 0);
  return 0;
}

static int seen_add(struct yata_doc *doc, struct seen *seen, uint32_t h) {
  if (seen->n == 0 && doc->cap_seen > 0) memset(doc->seen, 0, doc->cap_seen * sizeof(*doc->seen));
  if (seen->n * 4 >= doc->cap_seen) YATA_TRY(seen_grow(doc));
  uint32_t *slot = seen_slot(doc, h);
  slot[0] = h;
  slot[1] = seen->round;
  seen->n++;
  return 0;
}

static int step(struct yata_doc *doc) {
  return ++doc->txn.steps > doc->max_steps ? YATA_ERR_LIMIT : 0;
}

/* The first item of a key's chain. */
static int chain_start(struct yata_doc *doc, uint32_t parent, uint32_t key, uint32_t *out) {
  uint32_t o = yata_ent_get(doc, parent, key);
  while (o != 0 && doc->items[o].left != 0) {
    o = doc->items[o].left;
    YATA_TRY(step(doc));
  }
  *out = o;
  return 0;
}

static int list_start(struct yata_doc *doc, const struct yata_new *n, uint32_t *out) {
  if (n->key != 0) return chain_start(doc, n->parent, n->key, out);
  *out = doc->types[n->parent].start;
  return 0;
}

static bool same_origin(const struct yata_new *n, const struct yata_item *o) {
  return n->origin == o->origin && (n->origin == 0 || n->origin_clock == o->origin_clock);
}

static bool same_ror(const struct yata_new *n, const struct yata_item *o) {
  return n->ror == o->ror && (n->ror == 0 || n->ror_clock == o->ror_clock);
}

/* Note all that was scanned before `end`; the ones after `left` are still in conflict. */
static int seen_all(struct yata_doc *doc, struct seen *seen, uint32_t first, uint32_t left, uint32_t end) {
  bool passed = false;
  for (uint32_t o = first; o != end && !passed; o = doc->items[o].right) passed = o == left;
  seen->round = passed ? 0 : 1;
  for (uint32_t o = first; o != end; o = doc->items[o].right) {
    YATA_TRY(seen_add(doc, seen, o));
    if (o == left) seen->round++;
  }
  return 0;
}

/* Does the unit belong to the item? */
static bool holds(const struct yata_item *it, uint32_t origin, uint32_t clock) {
  return it->client + 1 == origin && clock - it->clock < it->len;
}

enum standing { NOT_SEEN, SETTLED, IN_CONFLICT };

/* How the origin of `o`, which is being scanned, stands. Most often it is the item right before. Only when it is not
 * is the set of all that was scanned made. */
static int origin_standing(struct yata_doc *doc, struct seen *seen, uint32_t first, uint32_t left, uint32_t o,
                           enum standing *out) {
  const struct yata_item *it = &doc->items[o];
  if (o != first && holds(&doc->items[it->left], it->origin, it->origin_clock)) {
    *out = it->left == left ? SETTLED : IN_CONFLICT;
    return 0;
  }
  if (seen->n == 0) {
    YATA_TRY(seen_all(doc, seen, first, left, o));
    YATA_TRY(seen_add(doc, seen, o));
  }
  const uint32_t *slot = seen_slot(doc, yata_index_lookup(doc, it->origin - 1, it->origin_clock));
  *out = slot[0] == 0 ? NOT_SEEN : slot[1] == seen->round ? IN_CONFLICT : SETTLED;
  return 0;
}

/* Find the left neighbour among the items that conflict. */
static int resolve(struct yata_doc *doc, const struct yata_new *n, uint32_t *left_out) {
  struct seen seen = {0, 1};
  uint32_t left = n->left, o;
  uint64_t id = doc->clients[n->client].id;
  if (left != 0)
    o = doc->items[left].right;
  else
    YATA_TRY(list_start(doc, n, &o));
  for (uint32_t first = o; o != 0 && o != n->right; o = doc->items[o].right) {
    const struct yata_item *it = &doc->items[o];
    YATA_TRY(step(doc));
    if (seen.n > 0) YATA_TRY(seen_add(doc, &seen, o));
    if (same_origin(n, it)) {
      if (doc->clients[it->client].id >= id) {
        if (same_ror(n, it)) break;
        continue;
      }
    } else {
      enum standing standing;
      if (it->origin == 0) break;
      YATA_TRY(origin_standing(doc, &seen, first, left, o, &standing));
      if (standing == NOT_SEEN) break;
      if (standing == IN_CONFLICT) continue;
    }
    left = o;
    seen.round++;
  }
  /* Clearing a large set costs as much as filling it: the next one starts small again. */
  if (doc->cap_seen > 4096) yata_mem_drop(&doc->mem, &doc->seen, &doc->cap_seen, sizeof(*doc->seen));
  *left_out = left;
  return 0;
}

/* ---- content ------------------------------------------------------------------------------ */

/* The next value of the content. */
static yata_slice next_value(struct yata_rd *rd, uint8_t kind) {
  const uint8_t *at = rd->p;
  yata_slice s;
  int err = 0;
  if (kind == YATA_WIRE_ANY)
    err = yata_rd_any_skip(rd, YATA_NESTING_MAX);
  else if (kind == YATA_WIRE_JSON)
    err = yata_rd_bytes(rd, &s);
  else
    rd->p = rd->end;
  (void)err; /* verified before */
  return (yata_slice){at, (size_t)(rd->p - at)};
}

/* In the bytes of Yjs, whoever wrote it. */
static int add_value(struct yata_doc *doc, const struct yata_new *n, yata_slice v) {
  uint32_t pos;
  if (yata_is_canonical(n->kind, v)) return yata_value_append(doc, n->client, v, &pos);
  yata_buf buf;
  yata_buf_init(&buf, &doc->alloc);
  int err = yata_canonical_write(doc, n->kind, v, &buf);
  if (err == 0) err = yata_value_append(doc, n->client, (yata_slice){buf.data, buf.len}, &pos);
  yata_buf_deinit(&buf);
  return err;
}

static int add_values(struct yata_doc *doc, const struct yata_new *n, uint32_t *content) {
  struct yata_rd rd = yata_rd_of(n->content.data, n->content.len);
  *content = doc->clients[n->client].values.len;
  for (uint32_t i = 0; i < n->skip + n->len; i++) {
    yata_slice v = next_value(&rd, n->kind);
    if (i >= n->skip) YATA_TRY(add_value(doc, n, v));
  }
  return 0;
}

static int add_text(struct yata_doc *doc, const struct yata_new *n, uint32_t *content) {
  yata_slice s = n->content;
  uint32_t pos, units = 0;
  const uint8_t *p = s.data;
  if (s.len == (size_t)n->skip + n->len) /* a unit for each byte */
    return yata_text_append_ascii(doc, n->client, p + n->skip, n->len, content);
  while (units < n->skip) units += yata_utf8_next(&p) >= 0x10000 ? 2 : 1;
  *content = doc->clients[n->client].text.len;
  if (units > n->skip)
    YATA_TRY(yata_text_append(doc, n->client, (yata_slice){(const uint8_t *)"\xef\xbf\xbd", 3}, &pos));
  s.len -= (size_t)(p - s.data);
  s.data = p;
  return yata_text_append(doc, n->client, s, &pos);
}

static int add_type(struct yata_doc *doc, const struct yata_new *n, uint32_t *content) {
  uint32_t t, name = 0;
  if (n->type_kind == YATA_KIND_XML_ELEMENT || n->type_kind == YATA_KIND_XML_HOOK)
    YATA_TRY(yata_key_get(doc, n->type_name, &name));
  YATA_TRY(yata_type_new(doc, &t));
  doc->types[t].kind = (uint8_t)n->type_kind;
  doc->types[t].name = name;
  *content = t;
  return 0;
}

/* What was added of text and values is taken back: of that nothing is logged. */
static void cut_content(struct yata_doc *doc, uint32_t client, uint32_t text, uint32_t values) {
  struct yata_client *c = &doc->clients[client];
  if (c->text.len > text) yata_text_truncate(doc, &c->text, text);
  if (c->values.len > values) yata_values_truncate(doc, &c->values, values);
}

static int add_content(struct yata_doc *doc, const struct yata_new *n, uint32_t *content) {
  *content = 0;
  if (n->kind == YATA_WIRE_STRING) return add_text(doc, n, content);
  if (n->kind == YATA_WIRE_TYPE) return add_type(doc, n, content);
  return yata_kind_has_values(n->kind) ? add_values(doc, n, content) : 0;
}

/* A new item, in its client's index, and room for a record of it. */
static inline int new_item(struct yata_doc *doc, const struct yata_new *n, uint32_t *h) {
  YATA_TRY(yata_log_reserve(doc));
  YATA_TRY(yata_item_new(doc, h));
  int err = yata_index_append(doc, n->client, n->clock, *h);
  if (err < 0) yata_item_free(doc, *h);
  return err;
}

/* With its content, of which nothing is left when there is no memory for the item. */
static int new_filled(struct yata_doc *doc, const struct yata_new *n, uint32_t *h) {
  const struct yata_client *c = &doc->clients[n->client];
  uint32_t text = c->text.len, values = c->values.len, content;
  int err = add_content(doc, n, &content);
  if (err == 0) err = new_item(doc, n, h);
  if (err < 0) {
    cut_content(doc, n->client, text, values);
    return err;
  }
  doc->items[*h] = (struct yata_item){
      .clock = n->clock,
      .len = n->len,
      .origin = n->origin,
      .origin_clock = n->origin_clock,
      .ror = n->ror,
      .ror_clock = n->ror_clock,
      .client = n->client,
      .parent = n->parent,
      .key = n->key,
      .content = content,
      .kind = n->kind,
  };
  if (n->kind == YATA_WIRE_TYPE) doc->types[content].item = *h;
  return 0;
}

/* ---- the list ----------------------------------------------------------------------------- */

static int integrate_gc(struct yata_doc *doc, const struct yata_new *n, uint32_t *out) {
  YATA_TRY(new_item(doc, n, out));
  struct yata_item *it = &doc->items[*out];
  *it = (struct yata_item){.client = n->client, .clock = n->clock, .len = n->len, .kind = YATA_WIRE_GC};
  yata_item_set_deleted(doc, it);
  doc->clients[n->client].state += n->len;
  (void)yata_log_add(doc, YATA_UNDO_PUT, *out);
  return 0;
}

/* An update was merged by whoever wrote it: what follows something in it is mostly split off it again, by what was
 * put in between. Where half was, the rest become items; cleaning up merges what nothing came between. */
static bool splits_again(const struct yata_txn *txn) {
  return !txn->local && txn->n_splits > 8 && txn->n_splits > txn->extended / 2;
}

/* Text that goes on where its client's last item ends needs no item: Yjs would merge the two. */
static bool extends(const struct yata_doc *doc, const struct yata_new *n) {
  if (n->kind != YATA_WIRE_STRING || n->left == 0 || doc->txn.apart || splits_again(&doc->txn)) return false;
  const struct yata_item *l = &doc->items[n->left];
  return l->kind == YATA_WIRE_STRING && !(l->flags & (YATA_ITEM_DELETED | YATA_ITEM_REDONE)) &&
         l->client == n->client && l->clock + l->len == n->clock && n->origin == n->client + 1 &&
         n->origin_clock == n->clock - 1 && l->right == n->right && l->key == 0 && same_ror(n, l) &&
         l->content + l->len == doc->clients[n->client].text.len &&
         (doc->types[l->parent].item == 0 || !yata_item_deleted(doc, doc->types[l->parent].item));
}

static int extend(struct yata_doc *doc, const struct yata_new *n) {
  const struct yata_client *c = &doc->clients[n->client];
  uint32_t pos, text = c->text.len;
  YATA_TRY(yata_log_reserve(doc));
  int err = add_text(doc, n, &pos);
  if (err < 0) {
    cut_content(doc, n->client, text, c->values.len);
    return err;
  }
  doc->txn.extended++;
  yata_run_grown(doc, n->left, n->len);
  struct yata_undo *undo = yata_log_add(doc, YATA_UNDO_GROW, n->left);
  if (undo != NULL) undo->u.grown = n->len;
  return 0;
}

/* Make the item between `left` and what is behind that; who was first or last before is told from the neighbours. */
static int put_item(struct yata_doc *doc, const struct yata_new *n, uint32_t left, uint32_t *out) {
  uint32_t right, h;
  if (left != 0)
    right = doc->items[left].right;
  else
    YATA_TRY(list_start(doc, n, &right));
  YATA_TRY(new_filled(doc, n, &h));
  struct yata_item *it = &doc->items[h];
  struct yata_typ *parent = &doc->types[n->parent];
  it->left = left;
  it->right = right;
  if (left != 0)
    doc->items[left].right = h;
  else if (n->key == 0)
    parent->start = h;
  if (right != 0) doc->items[right].left = h;
  if (parent->tree != 0) yata_tree_linked(doc, h);
  if (it->key == 0 && yata_kind_countable(it->kind)) parent->length += it->len;
  doc->clients[n->client].state += n->len;
  (void)yata_log_add(doc, YATA_UNDO_PUT, h);
  *out = h;
  return right == 0 && n->key != 0 ? yata_ent_set(doc, n->parent, n->key, h) : 0;
}

/* What integrating does beyond the list: deletions that follow from it. */
static int settle(struct yata_doc *doc, uint32_t h) {
  struct yata_item *it = &doc->items[h];
  struct yata_typ *parent = &doc->types[it->parent];
  if (it->key != 0 && it->right == 0 && it->left != 0) YATA_TRY(yata_delete(doc, it->left));
  if (it->kind == YATA_WIRE_FORMAT) {
    YATA_TRY(yata_log_type(doc, it->parent));
    parent->flags |= YATA_TYPE_FORMATTED;
    doc->format_epoch++;
    doc->formatted = true;
  }
  if (it->kind == YATA_WIRE_DOC) YATA_TRY(yata_subdoc_added(doc, h));
  if (it->kind == YATA_WIRE_DELETED) {
    yata_item_set_deleted(doc, it);
    return yata_ranges_add(doc, &doc->txn.deleted, doc->clients[it->client].id, it->clock, it->len);
  }
  if ((parent->item != 0 && yata_item_deleted(doc, parent->item)) || (it->key != 0 && it->right != 0))
    return yata_delete(doc, h);
  return 0;
}

int yata_integrate(struct yata_doc *doc, const struct yata_new *n, uint32_t *out) {
  uint32_t ignored, h, left = n->left;
  if (out == NULL) out = &ignored;
  YATA_TRY(yata_client_note(doc, n->client));
  if (n->parent == 0) return integrate_gc(doc, n, out);
  if (extends(doc, n)) {
    *out = n->left;
    return extend(doc, n);
  }
  if ((n->left == 0 && (n->right == 0 || doc->items[n->right].left != 0)) ||
      (n->left != 0 && doc->items[n->left].right != n->right))
    YATA_TRY(resolve(doc, n, &left));
  YATA_TRY(put_item(doc, n, left, &h));
  *out = h;
  return settle(doc, h);
}
