/* SPDX-License-Identifier: MIT */
#include "subdoc.h"

int yata_subdoc_log(struct yata_doc *doc, uint32_t h, uint8_t what) {
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

bool yata_subdoc_option(const yata_any *options, const char *name, bool otherwise) {
  const yata_any *any = option(options, name);
  return any != NULL && any->kind != YATA_ANY_UNDEFINED ? is_true(any) : otherwise;
}

int yata_subdoc_read(const struct yata_doc *doc, const struct yata_item *it, yata_slice *guid, yata_value *options) {
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
  YATA_TRY(yata_subdoc_log(doc, h, YATA_SUBDOC_ADDED));
  YATA_TRY(yata_subdoc_read(doc, &doc->items[h], &guid, &options));
  bool load =
      yata_subdoc_option(&options.any, "shouldLoad", false) || yata_subdoc_option(&options.any, "autoLoad", false);
  yata_value_deinit(&options);
  if (!load) return 0;
  doc->items[h].flags |= YATA_ITEM_LOAD;
  return yata_subdoc_log(doc, h, YATA_SUBDOC_LOADED);
}

int yata_subdoc_deleting(struct yata_doc *doc, uint32_t h) {
  const struct yata_item *it = &doc->items[h];
  /* What the same transaction added was never there. */
  if (it->clock >= yata_client_before(doc, it->client)) return 0;
  return yata_subdoc_log(doc, h, YATA_SUBDOC_REMOVED);
}

bool yata_subdoc_is_there(const struct yata_doc *doc, struct yata_unit at) {
  return !yata_item_deleted(doc, yata_index_lookup(doc, at.client, at.clock));
}

uint32_t yata_subdocs_removed(const struct yata_doc *doc) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < doc->txn.n_subs; i++) n += doc->txn.subs[i].what == YATA_SUBDOC_REMOVED;
  return n;
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
    if ((s->what == YATA_SUBDOC_ADDED || s->what == YATA_SUBDOC_RESET) && yata_subdoc_is_there(doc, s->at))
      doc->subdocs[doc->n_subdocs++] = s->at;
  }
  if (!removed) return;
  uint32_t n = 0;
  for (uint32_t i = 0; i < doc->n_subdocs; i++)
    if (yata_subdoc_is_there(doc, doc->subdocs[i])) doc->subdocs[n++] = doc->subdocs[i];
  doc->n_subdocs = n;
}
