/* SPDX-License-Identifier: MIT */
#include "events.h"
#include "formats.h"
#include "tree.h"
#include "txn.h"
#include "waiting.h"

/* The allocator of the document's own buffers: as the document's, counted. */
static void *counted(void *user, void *ptr, size_t old_size, size_t new_size) {
  return yata_mem_resize(user, ptr, old_size, new_size);
}

/* The tables' entry 0 is nothing. */
static int init_tables(struct yata_doc *doc) {
  YATA_TRY(yata_mem_grow(&doc->mem, &doc->items, &doc->cap_items, 4, sizeof(*doc->items)));
  YATA_TRY(yata_mem_grow(&doc->mem, &doc->keys, &doc->cap_keys, 4, sizeof(*doc->keys)));
  YATA_TRY(yata_mem_grow(&doc->mem, &doc->types, &doc->cap_types, 4, sizeof(*doc->types)));
  YATA_TRY(yata_mem_grow(&doc->mem, &doc->ents, &doc->cap_ents, 4, sizeof(*doc->ents)));
  doc->items[0] = (struct yata_item){0};
  doc->keys[0] = (struct yata_key){0};
  doc->types[0] = (struct yata_typ){0};
  doc->ents[0] = (struct yata_ent){0};
  doc->n_items = doc->n_keys = doc->n_types = doc->n_ents = 1;
  return 0;
}

void yata_doc_set_limits(yata_doc *doc, size_t max_pending_bytes, uint64_t max_steps) {
  doc->max_pending = max_pending_bytes ? max_pending_bytes : (size_t)16 << 20;
  doc->max_steps = max_steps ? max_steps : (uint64_t)1 << 26;
}

int yata_doc_create(const yata_options *options, yata_doc **out) {
  static const yata_options defaults;
  const yata_options *o = options != NULL ? options : &defaults;
  struct yata_mem mem = {.alloc = o->alloc};
  if (o->client_id > YATA_CLIENT_MAX || o->max_nesting > YATA_NESTING_MAX) return YATA_ERR_INVALID;
  struct yata_doc *doc = yata_mem_resize(&mem, NULL, 0, sizeof(*doc));
  if (doc == NULL) return YATA_ERR_NOMEM;
  *doc = (struct yata_doc){
      .mem = mem,
      .client_id = o->client_id,
      .keep_deleted = o->keep_deleted,
      .max_nesting = o->max_nesting ? o->max_nesting : YATA_NESTING_MAX,
      .max_output = o->max_output_bytes,
  };
  yata_doc_set_limits(doc, o->max_pending_bytes, o->max_steps);
  doc->alloc = (yata_allocator){counted, &doc->mem};
  yata_buf_init(&doc->pending.update, &doc->alloc);
  yata_buf_init(&doc->pending.more, &doc->alloc);
  yata_buf_init(&doc->txn.guids, &doc->alloc);
  int err = init_tables(doc);
  if (err < 0) {
    yata_doc_destroy(doc);
    return err;
  }
  *out = doc;
  return 0;
}

void yata_doc_destroy(yata_doc *doc) {
  if (doc == NULL) return;
  struct yata_mem *mem = &doc->mem;
  struct yata_txn *txn = &doc->txn;
  yata_events_destroy(doc);
  yata_tree_drop_all(doc);
  for (uint32_t i = 0; i < doc->n_clients; i++) yata_client_deinit(doc, &doc->clients[i]);
  yata_mem_drop(mem, &doc->items, &doc->cap_items, sizeof(*doc->items));
  yata_mem_drop(mem, &doc->clients, &doc->cap_clients, sizeof(*doc->clients));
  yata_mem_drop(mem, &doc->order, &doc->cap_order, sizeof(*doc->order));
  yata_mem_drop(mem, &doc->client_hash, &doc->n_client_hash, sizeof(*doc->client_hash));
  yata_mem_drop(mem, &doc->keys, &doc->cap_keys, sizeof(*doc->keys));
  yata_mem_drop(mem, &doc->key_bytes, &doc->cap_key_bytes, 1);
  yata_mem_drop(mem, &doc->key_hash, &doc->n_key_hash, sizeof(*doc->key_hash));
  yata_mem_drop(mem, &doc->types, &doc->cap_types, sizeof(*doc->types));
  yata_mem_drop(mem, &doc->ents, &doc->cap_ents, sizeof(*doc->ents));
  yata_mem_drop(mem, &doc->ent_hash, &doc->n_ent_hash, sizeof(*doc->ent_hash));
  yata_mem_drop(mem, &doc->in_force.v, &doc->in_force.cap, sizeof(*doc->in_force.v));
  yata_mem_drop(mem, &doc->twins, &doc->cap_twins, sizeof(*doc->twins));
  yata_mem_drop(mem, &doc->seen, &doc->cap_seen, sizeof(*doc->seen));
  yata_pending_deinit(doc, &doc->pending);
  yata_mem_drop(mem, &doc->pending_ds.v, &doc->pending_ds.cap, sizeof(*doc->pending_ds.v));
  yata_mem_drop(mem, &txn->undo, &txn->cap_undo, sizeof(*txn->undo));
  yata_mem_drop(mem, &txn->was, &txn->cap_was, sizeof(*txn->was));
  yata_mem_drop(mem, &txn->touched, &txn->cap_touched, sizeof(*txn->touched));
  yata_mem_drop(mem, &txn->splits, &txn->cap_splits, sizeof(*txn->splits));
  yata_mem_drop(mem, &txn->doomed, &txn->cap_doomed, sizeof(*txn->doomed));
  yata_mem_drop(mem, &txn->tidied.v, &txn->tidied.cap, sizeof(*txn->tidied.v));
  yata_mem_drop(mem, &txn->subs, &txn->cap_subs, sizeof(*txn->subs));
  yata_buf_deinit(&txn->guids);
  yata_mem_drop(mem, &doc->subdocs, &doc->cap_subdocs, sizeof(*doc->subdocs));
  yata_mem_drop(mem, &txn->deleted.v, &txn->deleted.cap, sizeof(*txn->deleted.v));
  struct yata_mem last = *mem;
  yata_mem_resize(&last, doc, sizeof(*doc), 0);
}

uint64_t yata_doc_client_id(const yata_doc *doc) {
  return doc->client_id;
}

void yata_doc_stats(const yata_doc *doc, yata_stats *out) {
  *out = (yata_stats){.items = doc->used_items,
                      .types = doc->used_types,
                      .live_bytes = doc->mem.live,
                      .pending_bytes = doc->pending.update.len + doc->pending.more.len +
                                       doc->pending_ds.n * sizeof(struct yata_range)};
  for (uint32_t i = 0; i < doc->n_clients; i++) {
    out->clients += doc->clients[i].state > 0;
    out->units += doc->clients[i].state;
  }
}
