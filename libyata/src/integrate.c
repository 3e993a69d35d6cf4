/* SPDX-License-Identifier: MIT */
/* A new item, its content, and its place in the list. */
#include "integrate.h"

#include "canonical.h"
#include "formats.h"
#include "subdoc.h"
#include "tree.h"

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
static inline int new_item(struct yata_doc *doc, uint32_t client, uint32_t clock, uint32_t *h) {
  YATA_TRY(yata_log_reserve(doc));
  YATA_TRY(yata_item_new(doc, h));
  int err = yata_index_append(doc, client, clock, *h);
  if (err < 0) yata_item_free(doc, *h);
  return err;
}

/* With its content, of which nothing is left when there is no memory for the item. */
static int new_filled(struct yata_doc *doc, const struct yata_new *n, uint32_t *h) {
  const struct yata_client *c = &doc->clients[n->client];
  uint32_t text = c->text.len, values = c->values.len, content;
  int err = add_content(doc, n, &content);
  if (err == 0) err = new_item(doc, n->client, n->clock, h);
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
  YATA_TRY(new_item(doc, n->client, n->clock, out));
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
         n->origin_clock == n->clock - 1 && l->right == n->right && l->key == 0 && yata_same_ror(n, l) &&
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
    YATA_TRY(yata_list_start(doc, n, &right));
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
    doc->formatted_nan = doc->formatted_nan || yata_format_is_nan(yata_format_of(doc, h));
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
    YATA_TRY(yata_resolve(doc, n, &left));
  YATA_TRY(put_item(doc, n, left, &h));
  *out = h;
  return settle(doc, h);
}

/* ---- the short way -------------------------------------------------------------------------- */

struct gap {
  uint32_t left, right; /* items; 0: nothing */
  uint32_t origin, ror; /* client numbers + 1; 0: none */
};

/* Is it whole, and all that it names there? */
static bool is_plain(struct yata_doc *doc, const struct yata_struct *st, uint32_t client, struct gap *gap) {
  if (client == YATA_NO_CLIENT || doc->clients[client].state != st->id.clock || !st->has_left) return false;
  if (st->kind == YATA_WIRE_STRING ? st->content.len != st->len : st->kind != YATA_WIRE_DELETED) return false;
  uint32_t left, right = UINT32_MAX;
  if (!yata_locate(doc, &st->id, client, &st->left, &left)) return false;
  if (st->has_right && !yata_locate(doc, &st->id, client, &st->right, &right)) return false;
  gap->origin = left + 1;
  gap->ror = right + 1;
  return true;
}

/* The gap that the struct says it was put in, if its two sides are whole items of a living list. */
static bool find_gap(const struct yata_doc *doc, const struct yata_struct *st, struct gap *gap) {
  gap->left = yata_index_lookup(doc, gap->origin - 1, st->left.clock);
  const struct yata_item *l = &doc->items[gap->left], *r = &doc->items[l->right];
  if (l->clock + l->len - 1 != st->left.clock || l->kind == YATA_WIRE_GC || l->key != 0) return false;
  gap->right = l->right;
  if (st->has_right ? l->right == 0 || r->clock != st->right.clock || r->client + 1 != gap->ror : l->right != 0)
    return false;
  uint32_t holder = doc->types[l->parent].item;
  return holder == 0 || !yata_item_deleted(doc, holder);
}

/* Text that is right behind its client's last item may be that one's. */
static bool may_extend(const struct yata_doc *doc, const struct yata_struct *st, uint32_t client, uint32_t left) {
  const struct yata_item *l = &doc->items[left];
  return l->client == client && l->clock + l->len == st->id.clock && l->kind == YATA_WIRE_STRING &&
         st->kind == YATA_WIRE_STRING;
}

static int plain_content(struct yata_doc *doc, const struct yata_struct *st, uint32_t client, uint32_t *content) {
  struct yata_store *text = &doc->clients[client].text;
  *content = 0;
  if (st->kind != YATA_WIRE_STRING) return 0;
  *content = text->len;
  return yata_text_put(text, st->content) ? 0 : yata_text_append_ascii(doc, client, st->content.data, st->len, content);
}

static int plain_item(struct yata_doc *doc, const struct yata_struct *st, uint32_t client, uint32_t *h,
                      uint32_t *content) {
  const struct yata_client *c = &doc->clients[client];
  uint32_t text = c->text.len;
  int err = plain_content(doc, st, client, content);
  if (err == 0) err = new_item(doc, client, st->id.clock, h);
  if (err < 0) cut_content(doc, client, text, c->values.len);
  return err;
}

static int fill_gap(struct yata_doc *doc, const struct yata_struct *st, uint32_t client, const struct gap *gap) {
  uint32_t h, content;
  YATA_TRY(yata_client_note(doc, client));
  YATA_TRY(plain_item(doc, st, client, &h, &content));
  struct yata_item *it = &doc->items[h], *l = &doc->items[gap->left];
  struct yata_typ *parent = &doc->types[l->parent];
  it->clock = st->id.clock;
  it->len = st->len;
  it->left = gap->left;
  it->right = gap->right;
  it->origin = gap->origin;
  it->origin_clock = st->left.clock;
  it->ror = gap->ror;
  it->ror_clock = st->has_right ? st->right.clock : 0;
  it->client = client;
  it->parent = l->parent;
  it->key = 0;
  it->content = content;
  it->kind = st->kind;
  it->flags = 0;
  l->right = h;
  if (gap->right != 0) doc->items[gap->right].left = h;
  if (parent->tree != 0) yata_tree_linked(doc, h);
  doc->clients[client].state += st->len;
  (void)yata_log_add(doc, YATA_UNDO_PUT, h);
  if (st->kind == YATA_WIRE_STRING) {
    parent->length += st->len;
    return 0;
  }
  yata_item_set_deleted(doc, it);
  return yata_ranges_add(doc, &doc->txn.deleted, doc->clients[client].id, it->clock, it->len);
}

int yata_integrate_plain(struct yata_doc *doc, const struct yata_struct *st, uint32_t client) {
  struct gap gap;
  if (!is_plain(doc, st, client, &gap) || !find_gap(doc, st, &gap) || may_extend(doc, st, client, gap.left)) return 0;
  YATA_TRY(fill_gap(doc, st, client, &gap));
  return 1;
}
