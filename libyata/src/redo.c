/* SPDX-License-Identifier: MIT */
/* Making deleted items anew, where and as Yjs' redoItem does. */
#include "edit.h"
#include "formats.h"
#include "redone.h"
#include "undo.h"

/* A new item is linked to what is there, so any walk here may be as long as the document. */
static int charge(struct yata_doc *doc) {
  return ++doc->txn.steps > doc->max_steps ? YATA_ERR_LIMIT : 0;
}

/* The item which the first unit of one with the flag became; split, so that it begins with it. */
static int became(struct yata_doc *doc, uint32_t h, uint32_t *out) {
  uint32_t client, clock;
  YATA_TRY(charge(doc));
  yata_redone_get(doc, &doc->items[h], &client, &clock);
  return yata_clean_start(doc, client, clock, out);
}

static bool is_redone(const struct yata_doc *doc, uint32_t h) {
  return doc->items[h].flags & YATA_ITEM_REDONE;
}

/* The item that holds the type which holds the item; 0: a root. */
static uint32_t holder(const struct yata_doc *doc, uint32_t h) {
  return doc->types[doc->items[h].parent].item;
}

static bool is_gc(const struct yata_doc *doc, uint32_t h) {
  return doc->items[h].kind == YATA_WIRE_GC;
}

bool yata_redo_wants(const struct yata_replay *r, uint32_t h) {
  const struct yata_item *it = yata_item_at(r->m->doc, h);
  return yata_undo_covers(r->m, h) && !yata_idset_has(&r->step->insertions, it->client, it->clock) &&
         yata_idset_has(&r->step->deletions, it->client, it->clock);
}

/* ---- where it goes -------------------------------------------------------------------------------- */

/* What a neighbour became in the new parent; 0: it is not there. */
static int trace(struct yata_doc *doc, uint32_t h, uint32_t parent, uint32_t *out) {
  while (!is_gc(doc, h) && holder(doc, h) != parent) {
    if (!is_redone(doc, h)) {
      *out = 0;
      return 0;
    }
    YATA_TRY(became(doc, h, &h));
  }
  *out = is_gc(doc, h) ? 0 : h;
  return 0;
}

/* The next neighbour, itself or what it became, that is in the new parent. */
static int find_neighbour(struct yata_doc *doc, uint32_t from, bool leftwards, uint32_t parent, uint32_t *out) {
  *out = 0;
  for (uint32_t h = from; h != 0 && *out == 0; h = leftwards ? doc->items[h].left : doc->items[h].right) {
    YATA_TRY(charge(doc));
    YATA_TRY(trace(doc, h, parent, out));
  }
  return 0;
}

static bool in_steps(const struct yata_steps *steps, const struct yata_item *it) {
  for (uint32_t i = 0; i < steps->n; i++)
    if (yata_idset_has(&steps->v[i].deletions, it->client, it->clock)) return true;
  return false;
}

/* Is the value of a key one that this manager may replace? */
static bool is_ours(const struct yata_replay *r, uint32_t h) {
  const struct yata_item *it = yata_item_at(r->m->doc, h);
  return (it->flags & YATA_ITEM_REDONE) || yata_idset_has(&r->step->insertions, it->client, it->clock) ||
         in_steps(&r->m->undo, it) || in_steps(&r->m->redo, it);
}

/* The last value of the key, if all that came after the item are ours. */
static int find_last_value(const struct yata_replay *r, uint32_t h, uint32_t *left, bool *conflict) {
  struct yata_doc *doc = r->m->doc;
  *left = h;
  *conflict = false;
  while (doc->items[*left].right != 0 && is_ours(r, doc->items[*left].right)) {
    doc->txn.steps += r->m->undo.n + r->m->redo.n;
    YATA_TRY(charge(doc));
    *left = doc->items[*left].right;
    while (is_redone(doc, *left)) YATA_TRY(became(doc, *left, left));
  }
  *conflict = is_gc(doc, *left) || doc->items[*left].right != 0;
  return 0;
}

/* The left neighbour of the new value of a key; false in *found: it conflicts with somebody else's. */
static int find_key(const struct yata_replay *r, uint32_t h, uint32_t parent, uint32_t type, uint32_t *left,
                    bool *found) {
  struct yata_doc *doc = r->m->doc;
  bool conflict = false;
  *left = 0;
  if (doc->items[h].right != 0 && !r->m->options.ignore_remote_map_changes)
    YATA_TRY(find_last_value(r, h, left, &conflict));
  *found = !conflict;
  if (!conflict && (*left == 0 || holder(doc, *left) != parent)) *left = yata_ent_get(doc, type, doc->items[h].key);
  return 0;
}

/* ---- what it holds -------------------------------------------------------------------------------- */

static int copy_content(const struct yata_doc *doc, const struct yata_item *it, struct yata_new *n, yata_buf *buf) {
  const struct yata_client *c = &doc->clients[it->client];
  n->kind = it->kind;
  if (it->kind == YATA_WIRE_STRING) YATA_TRY(yata_text_encode(&c->text, it->content, it->len, false, buf));
  for (uint32_t i = 0; yata_kind_has_values(it->kind) && i < it->len; i++) {
    yata_slice v = yata_value_bytes(&c->values, it->content + i);
    YATA_TRY(yata_buf_put(buf, v.data, v.len));
  }
  if (it->kind == YATA_WIRE_TYPE) {
    const struct yata_typ *t = &doc->types[it->content];
    n->type_kind = (enum yata_kind)t->kind;
    if (t->name != 0) {
      yata_slice name = yata_key_bytes(doc, t->name);
      YATA_TRY(yata_buf_put(buf, name.data, name.len));
      n->type_name = (yata_slice){buf->data, buf->len};
    }
    return 0;
  }
  n->content = (yata_slice){buf->data, buf->len};
  return 0;
}

static int keep(struct yata_doc *doc, uint32_t h) {
  while (h != 0 && !(doc->items[h].flags & YATA_ITEM_KEEP)) {
    YATA_TRY(yata_log_item(doc, h));
    doc->items[h].flags |= YATA_ITEM_KEEP;
    h = holder(doc, h);
  }
  return 0;
}

static int make(struct yata_doc *doc, uint32_t h, uint32_t type, uint32_t left, uint32_t right, uint32_t *out) {
  struct yata_new n;
  yata_buf buf;
  YATA_TRY(yata_local_item(doc, type, doc->items[h].key, left, right, doc->items[h].len, &n));
  YATA_TRY(yata_redone_set(doc, &doc->items[h], n.client, n.clock));
  YATA_TRY(yata_log_item(doc, h));
  doc->items[h].flags |= YATA_ITEM_REDONE;
  yata_buf_init(&buf, &doc->alloc);
  int err = copy_content(doc, &doc->items[h], &n, &buf);
  if (err == 0) err = yata_integrate(doc, &n, out);
  if (err == 0 && n.kind == YATA_WIRE_FORMAT) err = yata_format_twin(doc, *out, h);
  yata_buf_deinit(&buf);
  return err < 0 ? err : keep(doc, *out);
}

/* ---- one item, its parents being there ------------------------------------------------------------ */

static int redo_one(const struct yata_replay *r, uint32_t h, uint32_t *out) {
  struct yata_doc *doc = r->m->doc;
  uint32_t parent = holder(doc, h), type = doc->items[h].parent, left, right = 0;
  bool found = true;
  *out = 0;
  if (is_redone(doc, h)) return became(doc, h, out);
  if (parent != 0 && yata_item_deleted(doc, parent)) {
    while (is_redone(doc, parent)) YATA_TRY(became(doc, parent, &parent));
    if (doc->items[parent].kind != YATA_WIRE_TYPE) return 0;
    type = doc->items[parent].content;
  }
  if (doc->items[h].key != 0) {
    YATA_TRY(find_key(r, h, parent, type, &left, &found));
    if (!found) return 0;
  } else {
    YATA_TRY(find_neighbour(doc, doc->items[h].left, true, parent, &left));
    YATA_TRY(find_neighbour(doc, h, false, parent, &right));
  }
  return make(doc, h, type, left, right, out);
}

int yata_redo_item(struct yata_replay *r, uint32_t h, uint32_t *out) {
  struct yata_doc *doc = r->m->doc;
  r->n_chain = 0;
  *out = 0;
  for (;;) {
    YATA_TRY(yata_mem_grow(&doc->mem, &r->chain, &r->cap_chain, (size_t)r->n_chain + 1, sizeof(*r->chain)));
    r->chain[r->n_chain++] = h;
    YATA_TRY(charge(doc));
    if (is_redone(doc, h)) break;
    h = holder(doc, h);
    if (h == 0 || !yata_item_deleted(doc, h) || is_redone(doc, h)) break;
    if (!yata_redo_wants(r, h)) return 0;
  }
  while (r->n_chain > 0) {
    YATA_TRY(redo_one(r, r->chain[--r->n_chain], out));
    if (*out == 0) return 0;
  }
  return 0;
}
