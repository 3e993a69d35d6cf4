/* SPDX-License-Identifier: MIT */
/* Undoing and redoing a step: what it inserted is deleted, what it deleted is made anew. In the order of
 * Yjs, since the new items' clocks follow from it. */
#include "edit.h"
#include "redone.h"
#include "undo.h"

/* Items, in the order in which they were found. */
struct list {
  uint32_t *v;
  uint32_t n, cap;
};

struct pop {
  struct yata_replay replay;
  struct list remove, restore;
};

static int add(struct yata_doc *doc, struct list *list, uint32_t h) {
  YATA_TRY(yata_mem_grow(&doc->mem, &list->v, &list->cap, (size_t)list->n + 1, sizeof(*list->v)));
  list->v[list->n++] = h;
  return 0;
}

/* ---- what the step did ---------------------------------------------------------------------------- */

/* An item that the step inserted, or what became of it, is to go. */
static int note_inserted(struct pop *p, uint32_t h) {
  struct yata_doc *doc = p->replay.m->doc;
  if (doc->items[h].flags & YATA_ITEM_REDONE) {
    uint32_t offset;
    yata_follow_redone(doc, doc->items[h].client, doc->items[h].clock, &h, &offset);
    const struct yata_item *it = yata_item_at(doc, h);
    if (offset > 0) YATA_TRY(yata_clean_start(doc, it->client, it->clock + offset, &h));
  }
  if (yata_item_deleted(doc, h) || !yata_undo_covers(p->replay.m, h)) return 0;
  return add(doc, &p->remove, h);
}

static int note_deleted(struct pop *p, uint32_t h) {
  return yata_redo_wants(&p->replay, h) ? add(p->replay.m->doc, &p->restore, h) : 0;
}

/* Visit the items of a span, split at its ends. */
static int visit_span(struct pop *p, const struct yata_span *s, int (*visit)(struct pop *, uint32_t)) {
  struct yata_doc *doc = p->replay.m->doc;
  uint32_t end = s->clock + s->len, h, rest, at = s->clock;
  if (at >= doc->clients[s->client].state) return 0;
  YATA_TRY(yata_clean_start(doc, s->client, at, &h));
  for (;;) {
    if (doc->items[h].clock + doc->items[h].len > end) YATA_TRY(yata_clean_start(doc, s->client, end, &rest));
    if (doc->items[h].kind != YATA_WIRE_GC) YATA_TRY(visit(p, h));
    at = doc->items[h].clock + doc->items[h].len;
    if (at >= end || at >= doc->clients[s->client].state) return 0;
    h = yata_index_lookup(doc, s->client, at);
  }
}

static int visit_set(struct pop *p, const struct yata_idset *set, int (*visit)(struct pop *, uint32_t)) {
  for (uint32_t i = 0, from, to; i < set->n_order; i++) {
    yata_idset_client(set, set->order[i], &from, &to);
    for (; from < to; from++) YATA_TRY(visit_span(p, &set->v[from], visit));
  }
  return 0;
}

/* ---- the opposite --------------------------------------------------------------------------------- */

static bool may_delete(const struct yata_undo_manager *m, uint32_t h) {
  struct yata_doc *doc = m->doc;
  const struct yata_item *it = yata_item_at(doc, h);
  yata_undo_item info = {
      .doc = doc,
      .units = {doc->clients[it->client].id, it->clock, it->len},
      .parent = yata_handle_of(doc, it->parent),
      .has_key = it->key != 0,
  };
  if (m->options.may_delete == NULL) return true;
  if (it->key != 0) info.key = yata_key_bytes(doc, it->key);
  if (it->kind == YATA_WIRE_TYPE) info.type = yata_handle_of(doc, it->content);
  doc->busy = true;
  bool may = m->options.may_delete(m->options.user, &info);
  doc->busy = false;
  return may;
}

static int replay(struct pop *p, bool *done) {
  struct yata_doc *doc = p->replay.m->doc;
  uint32_t made;
  p->remove.n = p->restore.n = 0;
  YATA_TRY(visit_set(p, &p->replay.step->insertions, note_inserted));
  YATA_TRY(visit_set(p, &p->replay.step->deletions, note_deleted));
  for (uint32_t i = 0; i < p->restore.n; i++) {
    YATA_TRY(yata_redo_item(&p->replay, p->restore.v[i], &made));
    *done = *done || made != 0;
  }
  /* From the last on: children go before their parents, whose filter then sees all there is. */
  for (uint32_t i = p->remove.n; i-- > 0;) {
    if (!may_delete(p->replay.m, p->remove.v[i])) continue;
    YATA_TRY(yata_delete(doc, p->remove.v[i]));
    *done = true;
  }
  return 0;
}

/* Go down the stack to a step that changes something. */
static int replay_some(struct yata_undo_manager *m, struct yata_steps *steps, bool *done) {
  struct yata_mem *mem = &m->doc->mem;
  struct pop p = {.replay = {.m = m}};
  int err = 0;
  while (err == 0 && steps->n > 0 && !*done) {
    p.replay.step = &steps->v[--steps->n];
    err = replay(&p, done);
  }
  yata_mem_drop(mem, &p.remove.v, &p.remove.cap, sizeof(*p.remove.v));
  yata_mem_drop(mem, &p.restore.v, &p.restore.cap, sizeof(*p.restore.v));
  yata_mem_drop(mem, &p.replay.chain, &p.replay.cap_chain, sizeof(*p.replay.chain));
  return err;
}

static void emit_popped(struct yata_undo_manager *m, enum yata_stack stack, struct yata_step_done *step) {
  yata_stack_event e = {.manager = m, .action = YATA_STACK_POPPED, .stack = stack, .origin = m, .meta = &step->meta};
  if (m->options.on_stack == NULL) return;
  m->doc->busy = true;
  m->options.on_stack(m->options.user, &e);
  m->doc->busy = false;
}

static int pop(struct yata_undo_manager *m, enum yata_stack stack, uint64_t time_ms, yata_buf *update, bool *done) {
  struct yata_doc *doc = m->doc;
  struct yata_steps *steps = stack == YATA_STACK_UNDO ? &m->undo : &m->redo;
  const yata_cause cause = {m, time_ms};
  uint32_t before = steps->n;
  YATA_TRY(yata_txn_begin_as(doc, &cause));
  doc->txn.apart = true;
  doc->mark_epoch++;
  m->undoing = stack == YATA_STACK_UNDO;
  m->redoing = stack == YATA_STACK_REDO;
  int err = replay_some(m, steps, done);
  doc->mark_epoch++;
  if (err == 0) err = yata_txn_commit(doc, update);
  m->undoing = m->redoing = false;
  if (err < 0) {
    yata_txn_abort(doc);
    steps->n = before;
    *done = false;
    return err;
  }
  if (*done) emit_popped(m, stack, &steps->v[steps->n]);
  for (uint32_t i = steps->n; i < before; i++) yata_step_deinit(m, &steps->v[i]);
  return 0;
}

int yata_undo_undo(yata_undo_manager *m, uint64_t time_ms, yata_buf *update, bool *done) {
  bool ignored;
  if (done == NULL) done = &ignored;
  *done = false;
  return pop(m, YATA_STACK_UNDO, time_ms, update, done);
}

int yata_undo_redo(yata_undo_manager *m, uint64_t time_ms, yata_buf *update, bool *done) {
  bool ignored;
  if (done == NULL) done = &ignored;
  *done = false;
  return pop(m, YATA_STACK_REDO, time_ms, update, done);
}

/* Yjs clears within a transaction, which managers of the whole document capture. */
int yata_undo_clear(yata_undo_manager *m, bool undo, bool redo, uint64_t time_ms) {
  const yata_cause cause = {NULL, time_ms};
  struct yata_doc *doc = m->doc;
  if (doc->txn.open || doc->busy) return YATA_ERR_STATE;
  if (!(undo && m->undo.n > 0) && !(redo && m->redo.n > 0)) return 0;
  YATA_TRY(yata_txn_begin_as(doc, &cause));
  int err = undo ? yata_steps_split(doc, &m->undo) : 0;
  if (err == 0 && redo) err = yata_steps_split(doc, &m->redo);
  if (err < 0) {
    yata_txn_abort(doc);
    return err;
  }
  if (undo) yata_steps_clear(m, &m->undo);
  if (redo) yata_steps_clear(m, &m->redo);
  if (yata_txn_commit(doc, NULL) < 0) yata_txn_abort(doc);
  return 0;
}
