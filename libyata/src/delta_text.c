/* SPDX-License-Identifier: MIT */
/* The delta of a text with its formatting, as Yjs' YTextEvent.delta. */
#include "edit.h"
#include "events.h"
#include "print.h"
#include "torn.h"

struct build {
  struct yata_doc *doc;
  struct yata_delta *d;
  struct yata_delta_pos pos;
  size_t most;                 /* bytes of attributes */
  bool open;                   /* the last operation may grow */
  struct yata_formats current; /* in force, as it is now */
  struct yata_formats old;     /* in force, as it was */
  struct yata_formats changed; /* what retained text gains or, with null, loses: an object in Yjs */
  struct yata_formats shown;   /* `current` in the order of an object's members */
  struct yata_torn torn;
};

/* ---- operations --------------------------------------------------------------------------------- */

/* What it is that they hold. */
static int read_values(struct build *b, struct yata_formats *map) {
  for (uint32_t i = 0; i < map->n; i++) YATA_TRY(yata_format_value(b->doc, &map->v[i], &b->d->readings));
  return 0;
}

static int put_attributes(struct build *b, const struct yata_formats *map) {
  struct yata_delta *d = b->d;
  if (((size_t)d->n_attributes + map->n) * sizeof(*d->attributes) > b->most) return YATA_ERR_LIMIT;
  YATA_TRY(yata_mem_grow(&b->doc->mem, &d->attributes, &d->cap_attributes, (size_t)d->n_attributes + map->n,
                         sizeof(*d->attributes)));
  for (uint32_t i = 0; i < map->n; i++) {
    struct yata_format a = yata_format_read(b->doc, map->v[i]);
    const yata_any value = yata_format_is_null(a) ? yata_any_null() : a.any;
    d->attributes[d->n_attributes++] = (yata_any_entry){a.key, value};
  }
  d->ops[d->n_ops - 1].n_attributes = map->n;
  return 0;
}

static int put_current(struct build *b) {
  b->shown.n = 0;
  YATA_TRY(read_values(b, &b->current));
  for (uint32_t i = 0; i < b->current.n; i++) YATA_TRY(yata_formats_add_member(b->doc, &b->shown, b->current.v[i]));
  return put_attributes(b, &b->shown);
}

/* End the operation: its attributes are those of this moment. */
static int end_op(struct build *b) {
  if (!b->open) return 0;
  b->open = false;
  enum yata_delta_kind kind = b->d->ops[b->d->n_ops - 1].kind;
  if (kind == YATA_DELTA_DELETE) return 0;
  if (kind == YATA_DELTA_INSERT) return put_current(b);
  YATA_TRY(read_values(b, &b->changed));
  return put_attributes(b, &b->changed);
}

static bool is_doing(const struct build *b, enum yata_delta_kind kind) {
  return b->open && b->d->ops[b->d->n_ops - 1].kind == kind;
}

static int begin_op(struct build *b, enum yata_delta_kind kind) {
  if (is_doing(b, kind)) return 0;
  YATA_TRY(end_op(b));
  YATA_TRY(yata_delta_open(b->doc, b->d, kind, &b->pos));
  b->open = true;
  return 0;
}

static int put_text(struct build *b, const struct yata_item *it, uint32_t from, uint32_t to, size_t *bytes) {
  yata_buf *text = &b->d->text;
  size_t at = text->len;
  YATA_TRY(yata_text_encode(&b->doc->clients[it->client].text, it->content + from, to - from, false, text));
  *bytes = text->len - at;
  b->d->ops[b->d->n_ops - 1].text.len += *bytes;
  return 0;
}

static int put_bytes(struct build *b, const void *utf8, size_t len) {
  YATA_TRY(yata_buf_put(&b->d->text, utf8, len));
  b->d->ops[b->d->n_ops - 1].text.len += len;
  return 0;
}

/* Units that are text, and what they are in UTF-8. */
static int text_part(struct build *b, const struct yata_item *it, uint32_t from, uint32_t to,
                     enum yata_delta_kind kind) {
  size_t bytes = 0;
  if (from == to) return 0;
  YATA_TRY(begin_op(b, kind));
  if (kind == YATA_DELTA_RETAIN)
    bytes = yata_text_bytes(&b->doc->clients[it->client].text, it->content + from, to - from);
  else
    YATA_TRY(put_text(b, it, from, to, &bytes));
  yata_delta_grow(b->d, to - from, bytes, &b->pos);
  return 0;
}

/* Half of a pair that the transaction tore. In UTF-8 the pair stood where its first half is; what is retained of it is
 * something else. */
static int torn_part(struct build *b, const struct yata_torn_pair *pair, bool first, enum yata_delta_kind kind) {
  uint32_t code = 0x10000u + ((pair->high & 0x3ffu) << 10) + (pair->low & 0x3ffu);
  const uint8_t whole[] = {(uint8_t)(0xf0 | code >> 18), (uint8_t)(0x80 | (code >> 12 & 0x3f)),
                           (uint8_t)(0x80 | (code >> 6 & 0x3f)), (uint8_t)(0x80 | (code & 0x3f))};
  size_t bytes = first ? sizeof(whole) : 0;
  if (kind == YATA_DELTA_DELETE) {
    YATA_TRY(begin_op(b, kind));
    if (first) YATA_TRY(put_bytes(b, whole, sizeof(whole)));
    yata_delta_grow(b->d, 1, bytes, &b->pos);
    return 0;
  }
  YATA_TRY(end_op(b));
  YATA_TRY(begin_op(b, kind));
  YATA_TRY(put_bytes(b, "\xef\xbf\xbd", 3));
  yata_delta_grow(b->d, 1, bytes, &b->pos);
  b->pos.new_byte = b->pos.new_byte - bytes + 3;
  return end_op(b);
}

/* Units of an item of text that was there before. */
static int old_text(struct build *b, const struct yata_item *it, uint32_t to, enum yata_delta_kind kind) {
  const struct yata_torn_pair *pair;
  for (uint32_t from = 0; from < to;) {
    uint32_t half = yata_torn_next(&b->torn, it, from, to, &pair);
    YATA_TRY(text_part(b, it, from, half, kind));
    if (half < to) YATA_TRY(torn_part(b, pair, pair->pos == it->content + half, kind));
    from = half + 1;
  }
  return 0;
}

/* An embed is inserted by an operation of its own. */
static int embed_part(struct build *b, const struct yata_item *it, uint32_t from, uint32_t to,
                      enum yata_delta_kind kind) {
  if (kind == YATA_DELTA_INSERT) YATA_TRY(end_op(b));
  YATA_TRY(begin_op(b, kind));
  if (kind != YATA_DELTA_RETAIN) YATA_TRY(yata_delta_values(b->doc, b->d, it, from, to));
  yata_delta_grow(b->d, to - from, 0, &b->pos);
  return kind == YATA_DELTA_INSERT ? end_op(b) : 0;
}

/* Units of an item, which all had the same fate. */
static int part(struct build *b, const struct yata_item *it, uint32_t from, uint32_t to, bool is_new) {
  enum yata_delta_kind kind = is_new ? YATA_DELTA_INSERT : YATA_DELTA_RETAIN;
  if (from == to) return 0;
  if (it->flags & YATA_ITEM_DELETED) {
    if (is_new || !yata_txn_deletes(b->doc, it->client, it->clock)) return 0;
    kind = YATA_DELTA_DELETE;
  }
  if (it->kind != YATA_WIRE_STRING) return embed_part(b, it, from, to, kind);
  return is_new || b->torn.n == 0 ? text_part(b, it, from, to, kind) : old_text(b, it, to, kind);
}

/* ---- formatting --------------------------------------------------------------------------------- */

/* What retained text gains or loses is about to change. */
static int end_retain(struct build *b) {
  return is_doing(b, YATA_DELTA_RETAIN) ? end_op(b) : 0;
}

/* A new format; *redundant: it says what is so anyway. */
static int format_added(struct build *b, struct yata_format a, bool *redundant) {
  struct yata_format now, old;
  YATA_TRY(yata_formats_get(b->doc, &b->current, a.key, &now));
  if (yata_format_equal(b->doc, now, a)) {
    *redundant = !yata_format_is_null(a);
    return 0;
  }
  YATA_TRY(end_retain(b));
  YATA_TRY(yata_formats_get(b->doc, &b->old, a.key, &old));
  if (yata_format_equal(b->doc, a, old)) return yata_formats_delete(b->doc, &b->changed, a.key);
  return yata_formats_set_member(b->doc, &b->changed, a);
}

static int format_deleted(struct build *b, struct yata_format a) {
  struct yata_format now;
  YATA_TRY(yata_formats_set(b->doc, &b->old, a));
  YATA_TRY(yata_formats_get(b->doc, &b->current, a.key, &now));
  if (yata_format_equal(b->doc, now, a)) return 0;
  YATA_TRY(end_retain(b));
  return yata_formats_set_member(b->doc, &b->changed, now);
}

static int format_retained(struct build *b, struct yata_format a, bool *redundant) {
  uint32_t at;
  YATA_TRY(yata_formats_set(b->doc, &b->old, a));
  YATA_TRY(yata_formats_find(b->doc, &b->changed, a.key, &at));
  if (at == YATA_NO_FORMAT || yata_format_is_undefined(yata_format_read(b->doc, b->changed.v[at]))) return 0;
  struct yata_format changed = yata_format_read(b->doc, b->changed.v[at]);
  if (yata_format_equal(b->doc, changed, a)) {
    *redundant = !yata_format_is_null(changed);
    return 0;
  }
  YATA_TRY(end_retain(b));
  return yata_format_is_null(a) ? yata_formats_delete(b->doc, &b->changed, a.key)
                                : yata_formats_set_member(b->doc, &b->changed, a);
}

/* Yjs deletes a redundant format here and now; we leave it, and go on as if it were not there. */
static int format(struct build *b, uint32_t h) {
  const struct yata_item *it = &b->doc->items[h];
  bool is_new = yata_units_before(b->doc, it) == 0, redundant = false;
  bool deleted = it->flags & YATA_ITEM_DELETED;
  if (deleted && (is_new || !yata_txn_deletes(b->doc, it->client, it->clock))) return 0;
  struct yata_format a = yata_format_of(b->doc, h);
  if (deleted) return format_deleted(b, a);
  YATA_TRY(is_new ? format_added(b, a, &redundant) : format_retained(b, a, &redundant));
  if (redundant) return 0;
  if (is_doing(b, YATA_DELTA_INSERT)) YATA_TRY(end_op(b));
  return yata_formats_update(b->doc, &b->current, a);
}

/* ---- the text ----------------------------------------------------------------------------------- */

static bool is_idle(const yata_delta_op *op) {
  return op->kind == YATA_DELTA_RETAIN && op->n_attributes == 0 && op->text.len == 0;
}

static int build(struct build *b, uint32_t type) {
  struct yata_delta *d = b->d;
  for (uint32_t h = b->doc->types[type].start; h != 0; h = b->doc->items[h].right) {
    const struct yata_item *it = &b->doc->items[h];
    if (it->kind == YATA_WIRE_FORMAT) YATA_TRY(format(b, h));
    if (it->kind != YATA_WIRE_STRING && it->kind != YATA_WIRE_EMBED && it->kind != YATA_WIRE_TYPE) continue;
    uint32_t old = yata_units_before(b->doc, it);
    YATA_TRY(part(b, it, 0, old, false));
    YATA_TRY(part(b, it, old, it->len, true));
  }
  YATA_TRY(end_op(b));
  while (d->n_ops > 0 && is_idle(&d->ops[d->n_ops - 1])) d->n_ops--;
  yata_delta_close(d);
  return 0;
}

int yata_delta_text(struct yata_doc *doc, uint32_t type, struct yata_delta *d) {
  struct build b = {.doc = doc, .d = d, .most = yata_output_most(doc)};
  uint64_t steps = doc->txn.steps;
  doc->txn.steps = 0; /* its own: max_steps counts for this delta alone */
  int err = yata_torn_find(doc, &b.torn);
  if (err == 0) err = build(&b, type);
  doc->txn.steps = steps;
  yata_formats_deinit(doc, &b.current);
  yata_formats_deinit(doc, &b.old);
  yata_formats_deinit(doc, &b.changed);
  yata_formats_deinit(doc, &b.shown);
  yata_torn_deinit(doc, &b.torn);
  return err;
}
