/* SPDX-License-Identifier: MIT */
#include "subdoc.h"

#include "edit.h"

static int log_change(struct yata_doc *doc, uint32_t h, uint8_t what) {
  struct yata_txn *txn = &doc->txn;
  const struct yata_item *it = &doc->items[h];
  yata_slice raw = yata_value_bytes(&doc->clients[it->client].values, it->content), guid;
  struct yata_rd rd = yata_rd_of(raw.data, raw.len);
  struct yata_sub s = {.what = what, .at = {it->client, it->clock}, .guid = (uint32_t)txn->guids.len};
  YATA_TRY(yata_rd_bytes(&rd, &guid));
  YATA_TRY(yata_buf_put(&txn->guids, guid.data, guid.len));
  s.guid_len = (uint32_t)guid.len;
  YATA_TRY(yata_mem_grow(&doc->mem, &txn->subs, &txn->cap_subs, (size_t)txn->n_subs + 1, sizeof(*txn->subs)));
  /* So that settling needs no memory. */
  YATA_TRY(yata_mem_grow(&doc->mem, &doc->subdocs, &doc->cap_subdocs, (size_t)doc->n_subdocs + txn->n_subs + 1,
                         sizeof(*doc->subdocs)));
  txn->subs[txn->n_subs++] = s;
  return 0;
}

/* ---- options ------------------------------------------------------------------------------------ */

/* JavaScript's. */
static bool is_true(const yata_any *any) {
  switch (any->kind) {
  case YATA_ANY_UNDEFINED:
  case YATA_ANY_NULL: return false;
  case YATA_ANY_BOOL: return any->u.boolean;
  case YATA_ANY_NUMBER: return any->u.number < 0 || any->u.number > 0;
  case YATA_ANY_BIGINT: return any->u.bigint != 0;
  case YATA_ANY_STRING: return any->u.bytes.len > 0;
  default: return true;
  }
}

static const yata_any *option(const yata_any *options, const char *name) {
  const yata_any *found = NULL;
  if (options->kind != YATA_ANY_OBJECT) return NULL;
  for (size_t i = 0; i < options->u.object.len; i++) {
    const yata_any_entry *e = &options->u.object.entries[i];
    if (e->key.len == strlen(name) && memcmp(e->key.data, name, e->key.len) == 0) found = &e->value;
  }
  return found;
}

static bool has_option(const yata_any *options, const char *name, bool otherwise) {
  const yata_any *any = option(options, name);
  return any != NULL && any->kind != YATA_ANY_UNDEFINED ? is_true(any) : otherwise;
}

static int read_doc(const struct yata_doc *doc, const struct yata_item *it, yata_slice *guid, yata_value *options) {
  yata_slice raw = yata_value_bytes(&doc->clients[it->client].values, it->content);
  struct yata_rd rd = yata_rd_of(raw.data, raw.len);
  YATA_TRY(yata_rd_bytes(&rd, guid));
  *options = (yata_value){0};
  return yata_any_read(doc, (yata_slice){rd.p, (size_t)(rd.end - rd.p)}, options);
}

/* ---- in transactions ---------------------------------------------------------------------------- */

int yata_subdoc_added(struct yata_doc *doc, uint32_t h) {
  yata_slice guid;
  yata_value options;
  YATA_TRY(log_change(doc, h, YATA_SUBDOC_ADDED));
  YATA_TRY(read_doc(doc, &doc->items[h], &guid, &options));
  bool load = has_option(&options.any, "shouldLoad", false) || has_option(&options.any, "autoLoad", false);
  yata_value_deinit(&options);
  if (!load) return 0;
  doc->items[h].flags |= YATA_ITEM_LOAD;
  return log_change(doc, h, YATA_SUBDOC_LOADED);
}

int yata_subdoc_deleting(struct yata_doc *doc, uint32_t h) {
  const struct yata_item *it = &doc->items[h];
  /* What the same transaction added was never there. */
  if (it->clock >= yata_client_before(doc, it->client)) return 0;
  return log_change(doc, h, YATA_SUBDOC_REMOVED);
}

static bool is_there(const struct yata_doc *doc, struct yata_unit at) {
  return !yata_item_deleted(doc, yata_index_lookup(doc, at.client, at.clock));
}

static void remove_at(struct yata_doc *doc, struct yata_unit at) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < doc->n_subdocs; i++)
    if (doc->subdocs[i].client != at.client || doc->subdocs[i].clock != at.clock) doc->subdocs[n++] = doc->subdocs[i];
  doc->n_subdocs = n;
}

void yata_subdocs_settle(struct yata_doc *doc) {
  const struct yata_txn *txn = &doc->txn;
  bool removed = false;
  for (uint32_t i = 0; i < txn->n_subs; i++) {
    const struct yata_sub *s = &txn->subs[i];
    removed = removed || s->what == YATA_SUBDOC_REMOVED;
    if (s->what == YATA_SUBDOC_RESET) remove_at(doc, s->at);
    if ((s->what == YATA_SUBDOC_ADDED || s->what == YATA_SUBDOC_RESET) && is_there(doc, s->at))
      doc->subdocs[doc->n_subdocs++] = s->at;
  }
  if (!removed) return;
  uint32_t n = 0;
  for (uint32_t i = 0; i < doc->n_subdocs; i++)
    if (is_there(doc, doc->subdocs[i])) doc->subdocs[n++] = doc->subdocs[i];
  doc->n_subdocs = n;
}

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
  YATA_TRY(read_doc(doc, &doc->items[h], &out->guid, &out->options));
  out->gc = has_option(&out->options.any, "gc", true);
  out->auto_load = has_option(&out->options.any, "autoLoad", false);
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
    if (s->what == YATA_SUBDOC_ADDED && !is_there(doc, s->at)) continue;
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
  if (err == 0) err = log_change(doc, h, YATA_SUBDOC_LOADED);
  if (err == 0) doc->items[h].flags |= YATA_ITEM_LOAD;
  return yata_op_end(doc, &op, err);
}

int yata_subdoc_unload(yata_doc *doc, yata_id id) {
  struct yata_op op;
  uint32_t h;
  YATA_TRY(find(doc, id, &h));
  YATA_TRY(yata_op_begin(doc, &op));
  int err = yata_log_item(doc, h);
  if (err == 0) err = log_change(doc, h, YATA_SUBDOC_RESET);
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
    YATA_TRY(log_change(doc, h, YATA_SUBDOC_LOADED));
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
