/* SPDX-License-Identifier: MIT */
/* Sub-documents as others see them: found, read, loaded, made. */
#include "edit.h"
#include "subdoc.h"

/* ---- reading ------------------------------------------------------------------------------------ */

static yata_id id_of(const struct yata_doc *doc, struct yata_unit at) {
  return (yata_id){doc->clients[at.client].id, at.clock};
}

static int find(struct yata_doc *doc, yata_id id, uint32_t *h) {
  uint32_t client = yata_client_find(doc, id.client);
  if (client == YATA_NO_CLIENT || id.clock >= doc->clients[client].state) return YATA_ERR_GONE;
  *h = yata_index_lookup(doc, client, (uint32_t)id.clock);
  const struct yata_item *it = &doc->items[*h];
  if (it->kind != YATA_WIRE_DOC || it->clock != id.clock || (it->flags & YATA_ITEM_DELETED)) return YATA_ERR_GONE;
  return 0;
}

int yata_subdoc_get(const yata_doc *doc, yata_id id, yata_subdoc *out) {
  uint32_t h;
  *out = (yata_subdoc){.id = id};
  YATA_TRY(find((struct yata_doc *)doc, id, &h)); /* what it remembers for the next look-up may change */
  YATA_TRY(yata_subdoc_read(doc, &doc->items[h], &out->guid, &out->options));
  out->gc = yata_subdoc_option(&out->options.any, "gc", true);
  out->auto_load = yata_subdoc_option(&out->options.any, "autoLoad", false);
  out->should_load = doc->items[h].flags & YATA_ITEM_LOAD;
  return 0;
}

int yata_subdoc_next(const yata_doc *doc, uint32_t *cursor, yata_id *out) {
  if (*cursor >= doc->n_subdocs) return YATA_ERR_NOT_FOUND;
  *out = id_of(doc, doc->subdocs[(*cursor)++]);
  return 0;
}

int yata_txn_next_subdoc(const yata_txn_event *event, uint32_t *cursor, yata_subdoc_change *out) {
  const struct yata_doc *doc = event->doc;
  const struct yata_txn *txn = &doc->txn;
  for (; *cursor < txn->n_subs; ++*cursor) {
    const struct yata_sub *s = &txn->subs[*cursor];
    if (s->what == YATA_SUBDOC_ADDED && !yata_subdoc_is_there(doc, s->at)) continue;
    ++*cursor;
    *out = (yata_subdoc_change){.kind = (enum yata_subdoc_kind)s->what, .id = id_of(doc, s->at)};
    if (s->guid_len > 0) out->guid = (yata_slice){txn->guids.data + s->guid, s->guid_len};
    return 0;
  }
  return YATA_ERR_NOT_FOUND;
}

/* ---- loading ------------------------------------------------------------------------------------ */

int yata_subdoc_load(yata_doc *doc, yata_id id) {
  struct yata_op op;
  uint32_t h;
  YATA_TRY(find(doc, id, &h));
  YATA_TRY(yata_op_begin(doc, &op));
  if (doc->items[h].flags & YATA_ITEM_LOAD) return 0;
  int err = yata_log_item(doc, h);
  if (err == 0) err = yata_subdoc_log(doc, h, YATA_SUBDOC_LOADED);
  if (err == 0) doc->items[h].flags |= YATA_ITEM_LOAD;
  return yata_op_end(doc, &op, err);
}

int yata_subdoc_unload(yata_doc *doc, yata_id id) {
  struct yata_op op;
  uint32_t h;
  YATA_TRY(find(doc, id, &h));
  YATA_TRY(yata_op_begin(doc, &op));
  int err = yata_log_item(doc, h);
  if (err == 0) err = yata_subdoc_log(doc, h, YATA_SUBDOC_RESET);
  if (err == 0) doc->items[h].flags &= (uint8_t)~YATA_ITEM_LOAD;
  return yata_op_end(doc, &op, err);
}

/* ---- making ------------------------------------------------------------------------------------- */

static void add_option(yata_any_entry *entries, size_t *n, const char *name, yata_any value) {
  entries[(*n)++] = (yata_any_entry){{(const uint8_t *)name, strlen(name)}, value};
}

/* As it stands on the wire: only what differs from the defaults. */
static int write_doc(struct yata_doc *doc, const yata_subdoc_options *o, yata_buf *out) {
  yata_any_entry entries[3];
  yata_any options = {.kind = YATA_ANY_OBJECT};
  size_t n = 0, len = strlen(o->guid);
  uint32_t units;
  if (!yata_utf8_check((const uint8_t *)o->guid, len, &units)) return YATA_ERR_INVALID;
  if (o->keep_deleted) add_option(entries, &n, "gc", yata_any_bool(false));
  if (o->auto_load) add_option(entries, &n, "autoLoad", yata_any_bool(true));
  if (o->meta != NULL && o->meta->kind != YATA_ANY_NULL) add_option(entries, &n, "meta", *o->meta);
  options.u.object.entries = entries;
  options.u.object.len = n;
  YATA_TRY(yata_buf_put_uint(out, len));
  YATA_TRY(yata_buf_put(out, o->guid, len));
  return yata_any_write(out, &options, doc->max_nesting);
}

static int make(struct yata_doc *doc, struct yata_new *n, const yata_subdoc_options *o, yata_id *out) {
  uint32_t h;
  yata_buf raw;
  yata_buf_init(&raw, &doc->alloc);
  n->kind = YATA_WIRE_DOC;
  int err = write_doc(doc, o, &raw);
  n->content = (yata_slice){raw.data, raw.len};
  if (err == 0) err = yata_integrate(doc, n, &h);
  yata_buf_deinit(&raw);
  YATA_TRY(err);
  if (!o->defer && !(doc->items[h].flags & YATA_ITEM_LOAD)) {
    doc->items[h].flags |= YATA_ITEM_LOAD;
    YATA_TRY(yata_subdoc_log(doc, h, YATA_SUBDOC_LOADED));
  }
  *out = (yata_id){doc->client_id, doc->items[h].clock};
  return 0;
}

static int set(struct yata_doc *doc, uint32_t t, yata_slice key, const yata_subdoc_options *o, yata_id *out) {
  struct yata_new n;
  uint32_t k;
  YATA_TRY(yata_key_get(doc, key, &k));
  YATA_TRY(yata_local_item(doc, t, k, yata_ent_get(doc, t, k), 0, 1, &n));
  return make(doc, &n, o, out);
}

int yata_map_set_subdoc(yata_doc *doc, yata_type map, const char *key, size_t key_len,
                        const yata_subdoc_options *options, yata_id *out) {
  struct yata_op op;
  yata_slice k = {(const uint8_t *)key, key_len};
  uint32_t t, units;
  YATA_TRY(yata_handle(doc, map, YATA_KIND_MAP, &t));
  if ((key == NULL && key_len > 0) || !yata_utf8_check(k.data, k.len, &units)) return YATA_ERR_INVALID;
  YATA_TRY(yata_op_begin(doc, &op));
  return yata_op_end(doc, &op, set(doc, t, k, options, out));
}

static int insert(struct yata_doc *doc, uint32_t t, uint32_t index, const yata_subdoc_options *o, yata_id *out) {
  struct yata_new n;
  uint32_t left, right;
  YATA_TRY(yata_position(doc, t, index, &left, &right));
  YATA_TRY(yata_local_item(doc, t, 0, left, right, 1, &n));
  return make(doc, &n, o, out);
}

int yata_array_insert_subdoc(yata_doc *doc, yata_type array, uint32_t index, const yata_subdoc_options *options,
                             yata_id *out) {
  struct yata_op op;
  uint32_t t;
  YATA_TRY(yata_handle(doc, array, YATA_KIND_ARRAY, &t));
  if (index > doc->types[t].length) return YATA_ERR_RANGE;
  YATA_TRY(yata_op_begin(doc, &op));
  return yata_op_end(doc, &op, insert(doc, t, index, options, out));
}
