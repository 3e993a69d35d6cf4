/* SPDX-License-Identifier: MIT */
#include "txn.h"

#include "encode.h"
#include "events.h"
#include "txn_quick.h"
#include "typing.h"
#include "v2.h"

/* What a quick edit leaves alone. */
static void renew(struct yata_txn *txn) {
  txn->apart = txn->hid = txn->worn = false;
  txn->n_was = txn->tidied.n = txn->n_subs = 0;
  txn->guids.len = 0;
  txn->steps = 0;
  txn->extended = 0;
}

void yata_txn_open(struct yata_doc *doc, bool local, const yata_cause *cause) {
  struct yata_txn *txn = &doc->txn;
  if (txn->worn) renew(txn);
  txn->open = true;
  txn->local = local;
  txn->cause = cause != NULL ? *cause : (yata_cause){0};
  txn->virgin = !local && doc->n_clients == 0 && doc->free_items == 0 && doc->free_types == 0 && doc->free_ents == 0;
  txn->id++;
  txn->mark++;
  txn->shifts = txn->quick = 0;
  txn->clients_before = doc->n_clients;
  if (!txn->virgin) return;
  txn->types_before = doc->n_types;
  txn->ents_before = doc->n_ents;
  txn->keys_before = doc->n_keys;
  txn->bytes_before = doc->n_key_bytes;
}

/* Free what a large transaction left behind; small ones keep their memory for the next. */
static void shrink(struct yata_doc *doc) {
  struct yata_txn *txn = &doc->txn;
  if (txn->cap_undo > 1024) yata_mem_drop(&doc->mem, &txn->undo, &txn->cap_undo, sizeof(*txn->undo));
  if (txn->cap_was > 64) yata_mem_drop(&doc->mem, &txn->was, &txn->cap_was, sizeof(*txn->was));
  if (txn->cap_touched > 64) yata_mem_drop(&doc->mem, &txn->touched, &txn->cap_touched, sizeof(*txn->touched));
  if (txn->cap_splits > 64) yata_mem_drop(&doc->mem, &txn->splits, &txn->cap_splits, sizeof(*txn->splits));
  if (txn->cap_doomed > 256) yata_mem_drop(&doc->mem, &txn->doomed, &txn->cap_doomed, sizeof(*txn->doomed));
  if (txn->deleted.cap > 256) yata_mem_drop(&doc->mem, &txn->deleted.v, &txn->deleted.cap, sizeof(*txn->deleted.v));
}

static void forget(struct yata_doc *doc) {
  struct yata_txn *txn = &doc->txn;
  txn->open = txn->virgin = false;
  txn->id++;
  txn->n_undo = txn->n_touched = txn->n_splits = txn->deleted.n = 0;
}

void yata_txn_close(struct yata_doc *doc) {
  doc->txn.worn = true;
  yata_clients_order(doc);
  forget(doc);
  shrink(doc);
}

void yata_txn_undo(struct yata_doc *doc) {
  yata_rollback(doc, 0);
  yata_clients_truncate(doc, doc->txn.clients_before);
  doc->txn.n_subs = 0;
  yata_txn_close(doc);
}

int yata_op_begin(struct yata_doc *doc, struct yata_op *op) {
  struct yata_txn *txn = &doc->txn;
  if (!txn->open || doc->busy) return YATA_ERR_STATE;
  txn->worn = true;
  op->undo = yata_mark(doc);
  op->splits = txn->n_splits;
  op->deleted = txn->deleted.n;
  op->subs = txn->n_subs;
  if (op->deleted > 0) op->last = txn->deleted.v[op->deleted - 1];
  return 0;
}

int yata_op_end(struct yata_doc *doc, const struct yata_op *op, int err) {
  struct yata_txn *txn = &doc->txn;
  if (err == 0) return 0;
  yata_rollback(doc, op->undo);
  txn->n_splits = op->splits;
  txn->deleted.n = op->deleted;
  txn->n_subs = op->subs;
  if (op->deleted > 0) txn->deleted.v[op->deleted - 1] = op->last;
  return err;
}

static inline int begin(struct yata_doc *doc, const yata_cause *cause) {
  if (doc->txn.open || doc->busy) return YATA_ERR_STATE;
  yata_txn_open(doc, true, cause);
  return 0;
}

int yata_txn_begin_as(yata_doc *doc, const yata_cause *cause) {
  return begin(doc, cause);
}

int yata_txn_begin(yata_doc *doc) {
  return begin(doc, NULL);
}

/* Get the memory that the update may take while all can still be undone. When it is clean, it is written: with what
 * there is then, that cannot fail. */
static int prepare(struct yata_doc *doc, struct yata_v2_out *v2, yata_buf *out) {
  return v2 != NULL ? yata_rehearse_txn_v2(doc, v2, out) : yata_buf_reserve(out, yata_txn_bound(doc));
}

/* `v2`: write version 2, by its means. */
static YATA_APART int commit(struct yata_doc *doc, struct yata_v2_out *v2, yata_buf *out) {
  if (!doc->txn.open || doc->busy) return YATA_ERR_STATE;
  if (v2 == NULL && yata_quick_only(doc)) {
    YATA_TRY(yata_quick_commit(doc, out));
    forget(doc); /* there are no new clients, and a few records at most */
    return 0;
  }
  if (doc->events != NULL) YATA_TRY(yata_events_prepare(doc));
  if (out != NULL) YATA_TRY(prepare(doc, v2, out));
  if (doc->events != NULL) yata_events_deliver(doc);
  yata_quick_release(doc);
  yata_cleanup(doc);
  if (out != NULL) YATA_TRY(v2 != NULL ? yata_encode_txn_v2(doc, v2, out) : yata_encode_txn(doc, out));
  if (doc->events != NULL) yata_events_encode(doc);
  yata_txn_close(doc);
  if (doc->events != NULL) yata_events_finish(doc);
  return 0;
}

/* What one more key that erased leaves. */
static YATA_APART int end_erased(struct yata_doc *doc) {
  yata_quick_release(doc);
  forget(doc);
  return 0;
}

int yata_txn_commit(yata_doc *doc, yata_buf *update_out) {
  struct yata_typing *at = &doc->typing;
  if (!yata_key_only(doc, update_out)) return commit(doc, NULL, update_out);
  yata_key_write(at, update_out);
  at->txn_id = doc->txn.id;
  if (at->what != YATA_TYPES) return end_erased(doc);
  forget(doc);
  return 0;
}

int yata_txn_commit_v2(yata_doc *doc, yata_buf *update_out) {
  struct yata_v2_out v2;
  yata_v2_out_init(&v2, update_out != NULL ? update_out->alloc : NULL);
  int err = commit(doc, &v2, update_out);
  yata_v2_out_deinit(&v2);
  return err;
}

void yata_txn_abort(yata_doc *doc) {
  if (doc->txn.open && !doc->busy) yata_txn_undo(doc);
}
