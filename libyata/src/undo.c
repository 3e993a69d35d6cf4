/* SPDX-License-Identifier: MIT */
/* Undo managers: making them, and what they capture of the transactions that end. */
#include "undo.h"

#include "edit.h"

/* ---- scope and origins -------------------------------------------------------------------------- */

bool yata_undo_covers_type(const struct yata_undo_manager *m, uint32_t type) {
  for (uint32_t i = 0; i < m->n_scope; i++)
    if (m->scope[i].slot == type && m->scope[i].generation == m->doc->types[type].generation) return true;
  return false;
}

/* Is the type in the scope, itself or by one above it? */
static bool is_below(const struct yata_undo_manager *m, uint32_t type) {
  const struct yata_doc *doc = m->doc;
  while (!yata_undo_covers_type(m, type)) {
    uint32_t item = doc->types[type].item;
    if (item == 0) return false;
    type = doc->items[item].parent;
  }
  return true;
}

bool yata_undo_covers(const struct yata_undo_manager *m, uint32_t item) {
  uint32_t parent = m->doc->items[item].parent;
  return parent != 0 && (m->whole || is_below(m, parent));
}

int yata_undo_add_scope(yata_undo_manager *m, yata_type type) {
  uint32_t slot;
  YATA_TRY(yata_handle(m->doc, type, YATA_KIND_NONE, &slot));
  if (yata_undo_covers_type(m, slot)) return 0;
  YATA_TRY(yata_mem_grow(&m->doc->mem, &m->scope, &m->cap_scope, (size_t)m->n_scope + 1, sizeof(*m->scope)));
  m->scope[m->n_scope++] = type;
  return 0;
}

static bool is_tracked(const struct yata_undo_manager *m, const void *origin) {
  for (uint32_t i = 0; i < m->n_origins; i++)
    if (m->origins[i] == origin) return true;
  return false;
}

int yata_undo_add_origin(yata_undo_manager *m, const void *origin) {
  if (is_tracked(m, origin)) return 0;
  YATA_TRY(yata_mem_grow(&m->doc->mem, &m->origins, &m->cap_origins, (size_t)m->n_origins + 1, sizeof(*m->origins)));
  m->origins[m->n_origins++] = origin;
  return 0;
}

void yata_undo_remove_origin(yata_undo_manager *m, const void *origin) {
  for (uint32_t i = 0; i < m->n_origins; i++)
    if (m->origins[i] == origin) m->origins[i] = m->origins[--m->n_origins];
}

/* ---- steps -------------------------------------------------------------------------------------- */

static void emit(struct yata_undo_manager *m, enum yata_stack_action action, const struct yata_steps *steps,
                 void **meta) {
  struct yata_doc *doc = m->doc;
  yata_stack_event e = {.manager = m, .action = action, .meta = meta};
  if (m->options.on_stack == NULL) return;
  e.stack = steps == &m->undo ? YATA_STACK_UNDO : YATA_STACK_REDO;
  e.origin = action == YATA_STACK_POPPED ? m : doc->busy ? doc->events->txn.origin : NULL;
  if (action == YATA_STACK_ADDED || action == YATA_STACK_UPDATED) e.txn = &doc->events->txn;
  bool busy = doc->busy;
  doc->busy = true;
  m->options.on_stack(m->options.user, &e);
  doc->busy = busy;
}

void yata_step_deinit(struct yata_undo_manager *m, struct yata_step_done *step) {
  if (step->meta != NULL && m->options.free_meta != NULL) m->options.free_meta(m->options.user, step->meta);
  yata_idset_deinit(&m->doc->mem, &step->deletions);
  yata_idset_deinit(&m->doc->mem, &step->insertions);
  step->meta = NULL;
}

/* Keep an item and what holds it from being collected, or no longer. */
static void keep(struct yata_doc *doc, uint32_t item, bool keep) {
  while (item != 0 && ((doc->items[item].flags & YATA_ITEM_KEEP) != 0) != keep) {
    doc->items[item].flags ^= YATA_ITEM_KEEP;
    item = doc->types[doc->items[item].parent].item;
  }
}

/* Of an item that reaches beyond the span Yjs splits off a part, and merges both again: the whole is kept if one
 * of them is. What holds it is let go with the part. */
static void keep_item(struct yata_doc *doc, uint32_t h, bool whole, bool on) {
  const struct yata_item *it = yata_item_at(doc, h);
  if (whole || on)
    keep(doc, h, on);
  else if (it->flags & YATA_ITEM_KEEP)
    keep(doc, doc->types[it->parent].item, false);
}

static void keep_span(struct yata_undo_manager *m, const struct yata_span *s, bool on) {
  struct yata_doc *doc = m->doc;
  const struct yata_client *c = &doc->clients[s->client];
  if (s->clock >= c->state) return;
  struct yata_pos pos = yata_index_find(c, s->clock);
  do {
    uint32_t h = yata_index_at(c, pos);
    const struct yata_item *it = yata_item_at(doc, h);
    if (it->clock >= s->clock + s->len) return;
    bool whole = it->clock >= s->clock && it->clock + it->len <= s->clock + s->len;
    if (yata_undo_covers(m, h)) keep_item(doc, h, whole, on);
  } while (yata_index_next(c, &pos));
}

void yata_steps_clear(struct yata_undo_manager *m, struct yata_steps *steps) {
  while (steps->n > 0) {
    struct yata_step_done *step = &steps->v[--steps->n];
    for (uint32_t i = 0; i < step->deletions.n; i++) keep_span(m, &step->deletions.v[i], false);
    yata_step_deinit(m, step);
  }
  emit(m, YATA_STACK_CLEARED, steps, NULL);
}

static int split_at(struct yata_doc *doc, uint32_t client, uint32_t clock) {
  return clock > 0 && clock < doc->clients[client].state ? yata_split_for_good(doc, client, clock) : 0;
}

int yata_steps_split(struct yata_doc *doc, const struct yata_steps *steps) {
  for (uint32_t i = 0; i < steps->n; i++) {
    const struct yata_idset *deletions = &steps->v[i].deletions;
    for (uint32_t j = 0; j < deletions->n; j++) {
      const struct yata_span *s = &deletions->v[j];
      YATA_TRY(split_at(doc, s->client, s->clock));
      YATA_TRY(split_at(doc, s->client, s->clock + s->len));
    }
  }
  return 0;
}

/* ---- capturing ---------------------------------------------------------------------------------- */

int yata_undo_order(struct yata_doc *doc) {
  struct yata_events *ev = doc->events;
  const struct yata_ranges *r = &doc->txn.deleted;
  if (ev->managers == NULL) return 0;
  uint8_t *seen = NULL;
  uint32_t cap = 0;
  ev->n_deleted_order = 0;
  YATA_TRY(yata_mem_grow(&doc->mem, &seen, &cap, doc->n_clients, 1));
  if (cap > 0) memset(seen, 0, cap);
  int err = 0;
  for (uint32_t i = 0; i < r->n && err == 0; i++) {
    uint32_t c = yata_client_find(doc, r->v[i].client);
    if (seen[c]) continue;
    seen[c] = 1;
    err = yata_mem_grow(&doc->mem, &ev->deleted_order, &ev->cap_deleted_order, (size_t)ev->n_deleted_order + 1,
                        sizeof(*ev->deleted_order));
    if (err == 0) ev->deleted_order[ev->n_deleted_order++] = c;
  }
  yata_mem_drop(&doc->mem, &seen, &cap, 1);
  return err == 0 ? yata_clients_grown(doc, &ev->touched_order, &ev->n_touched_order, &ev->cap_touched_order) : err;
}

/* Did the transaction change something in the scope? */
static int find_in_scope(struct yata_undo_manager *m) {
  struct yata_doc *doc = m->doc;
  const struct yata_events *ev = doc->events;
  m->in_scope = m->whole;
  for (uint32_t i = 0; i < ev->n_changed && !m->in_scope; i++) {
    doc->txn.steps += (uint64_t)(ev->changed[i].depth + 1) * m->n_scope;
    if (doc->txn.steps > doc->max_steps) return YATA_ERR_LIMIT;
    m->in_scope = is_below(m, ev->changed[i].type);
  }
  return 0;
}

static int reserve_step(struct yata_doc *doc, struct yata_step_done *step) {
  const struct yata_events *ev = doc->events;
  YATA_TRY(yata_idset_reserve(&doc->mem, &step->deletions, doc->txn.deleted.n, ev->n_deleted_order));
  return yata_idset_reserve(&doc->mem, &step->insertions, ev->n_touched_order, ev->n_touched_order);
}

static struct yata_steps *target(struct yata_undo_manager *m) {
  return m->undoing ? &m->redo : &m->undo;
}

static int prepare(struct yata_undo_manager *m) {
  struct yata_doc *doc = m->doc;
  struct yata_steps *steps = target(m);
  YATA_TRY(find_in_scope(m));
  if (!m->in_scope || (!is_tracked(m, doc->txn.cause.origin) && doc->txn.cause.origin != m)) return 0;
  YATA_TRY(yata_mem_grow(&doc->mem, &steps->v, &steps->cap, (size_t)steps->n + 1, sizeof(*steps->v)));
  YATA_TRY(reserve_step(doc, &m->spare));
  return steps->n > 0 ? reserve_step(doc, &steps->v[steps->n - 1]) : 0;
}

int yata_undo_prepare(struct yata_doc *doc) {
  for (struct yata_undo_manager *m = doc->events->managers; m != NULL; m = m->next) YATA_TRY(prepare(m));
  return 0;
}

/* Add the transaction to a step. There is room. */
static void record(struct yata_doc *doc, struct yata_step_done *step) {
  const struct yata_events *ev = doc->events;
  const struct yata_ranges *r = &doc->txn.deleted;
  for (uint32_t i = 0; i < ev->n_deleted_order; i++) {
    /* Sorted, the highest id first; each client's ranges are found by it. */
    uint64_t id = doc->clients[ev->deleted_order[i]].id;
    uint32_t lo = 0, hi = r->n;
    while (lo < hi) {
      uint32_t mid = lo + (hi - lo) / 2;
      if (r->v[mid].client > id)
        lo = mid + 1;
      else
        hi = mid;
    }
    for (hi = lo; hi < r->n && r->v[hi].client == id;) hi++;
    yata_idset_add(&step->deletions, ev->deleted_order[i], r->v + lo, hi - lo);
  }
  for (uint32_t i = 0; i < ev->n_touched_order; i++) {
    uint32_t c = ev->touched_order[i], before = yata_client_before(doc, c);
    const struct yata_range made = {doc->clients[c].id, before, doc->clients[c].state - before};
    yata_idset_add(&step->insertions, c, &made, 1);
  }
}

static bool belongs_to_last(const struct yata_undo_manager *m, uint64_t now_ms) {
  if (!m->capturing || m->undo.n == 0 || m->undoing || m->redoing || m->options.capture_timeout_ms < 0) return false;
  return now_ms < m->last_ms || now_ms - m->last_ms < m->timeout_ms;
}

/* Something new is done: nothing can be redone any more. Without memory for the splits there are none: the transaction
 * is through, and content is the same. */
static void forget_redo(struct yata_undo_manager *m) {
  struct yata_doc *doc = m->doc;
  uint32_t mark = yata_mark(doc), n_splits = doc->txn.n_splits;
  if (yata_steps_split(doc, &m->redo) < 0) {
    yata_rollback(doc, mark);
    doc->txn.n_splits = n_splits;
  }
  yata_steps_clear(m, &m->redo);
  doc->events->follow_ups++;
}

static void capture(struct yata_undo_manager *m) {
  struct yata_doc *doc = m->doc;
  struct yata_events *ev = doc->events;
  struct yata_steps *steps = target(m);
  if (m->options.capture != NULL && !m->options.capture(m->options.user, &ev->txn)) return;
  if (!m->in_scope || (!is_tracked(m, ev->txn.origin) && ev->txn.origin != m)) return;
  if (m->undoing) {
    m->capturing = false;
  } else if (!m->redoing && m->redo.n > 0) {
    forget_redo(m);
  }
  bool joins = belongs_to_last(m, ev->txn.time_ms);
  if (!joins) {
    steps->v[steps->n++] = m->spare;
    m->spare = (struct yata_step_done){0};
  }
  struct yata_step_done *step = &steps->v[steps->n - 1];
  record(doc, step);
  if (!m->undoing && !m->redoing) {
    m->capturing = ev->txn.time_ms > 0;
    m->last_ms = ev->txn.time_ms;
  }
  for (uint32_t i = 0; i < doc->txn.deleted.n; i++) {
    const struct yata_range *r = &doc->txn.deleted.v[i];
    const struct yata_span s = {yata_client_find(doc, r->client), (uint32_t)r->clock, (uint32_t)r->len};
    keep_span(m, &s, true);
  }
  emit(m, joins ? YATA_STACK_UPDATED : YATA_STACK_ADDED, steps, &step->meta);
}

void yata_undo_capture(struct yata_doc *doc) {
  for (struct yata_undo_manager *m = doc->events->managers; m != NULL; m = m->next) capture(m);
}

/* ---- managers ----------------------------------------------------------------------------------- */

static int set_up(struct yata_undo_manager *m, const yata_undo_options *o) {
  m->options = *o;
  m->options.scope = NULL;
  m->options.origins = NULL;
  m->whole = o->n_scope == 0;
  m->timeout_ms = o->capture_timeout_ms > 0 ? (uint64_t)o->capture_timeout_ms : 500;
  for (size_t i = 0; i < o->n_scope; i++) YATA_TRY(yata_undo_add_scope(m, o->scope[i]));
  for (size_t i = 0; i < o->n_origins; i++) YATA_TRY(yata_undo_add_origin(m, o->origins[i]));
  return o->n_origins == 0 ? yata_undo_add_origin(m, NULL) : 0;
}

int yata_undo_create(yata_doc *doc, const yata_undo_options *options, yata_undo_manager **out) {
  static const yata_undo_options defaults;
  if (doc->txn.open || doc->busy) return YATA_ERR_STATE;
  YATA_TRY(yata_events_get(doc));
  struct yata_undo_manager *m = yata_mem_resize(&doc->mem, NULL, 0, sizeof(*m));
  if (m == NULL) return YATA_ERR_NOMEM;
  *m = (struct yata_undo_manager){.doc = doc};
  struct yata_undo_manager **at = &doc->events->managers;
  while (*at != NULL) at = &(*at)->next;
  *at = m;
  int err = set_up(m, options != NULL ? options : &defaults);
  if (err < 0) {
    yata_undo_destroy(m);
    return err;
  }
  yata_events_watch(doc);
  *out = m;
  return 0;
}

static void drop_steps(struct yata_undo_manager *m, struct yata_steps *steps) {
  while (steps->n > 0) yata_step_deinit(m, &steps->v[--steps->n]);
  yata_mem_drop(&m->doc->mem, &steps->v, &steps->cap, sizeof(*steps->v));
}

void yata_undo_destroy(yata_undo_manager *m) {
  if (m == NULL) return;
  struct yata_doc *doc = m->doc;
  struct yata_undo_manager **at = &doc->events->managers;
  while (*at != m) at = &(*at)->next;
  *at = m->next;
  drop_steps(m, &m->undo);
  drop_steps(m, &m->redo);
  yata_step_deinit(m, &m->spare);
  yata_mem_drop(&doc->mem, &m->scope, &m->cap_scope, sizeof(*m->scope));
  yata_mem_drop(&doc->mem, &m->origins, &m->cap_origins, sizeof(*m->origins));
  yata_mem_resize(&doc->mem, m, sizeof(*m), 0);
  yata_events_watch(doc);
}

void yata_undo_destroy_all(struct yata_doc *doc) {
  struct yata_events *ev = doc->events;
  while (ev->managers != NULL) yata_undo_destroy(ev->managers);
  yata_mem_drop(&doc->mem, &ev->deleted_order, &ev->cap_deleted_order, sizeof(*ev->deleted_order));
  yata_mem_drop(&doc->mem, &ev->touched_order, &ev->cap_touched_order, sizeof(*ev->touched_order));
  yata_mem_drop(&doc->mem, &ev->redone.v, &ev->redone.cap, sizeof(*ev->redone.v));
}

bool yata_undo_is_whole(const struct yata_doc *doc) {
  for (const struct yata_undo_manager *m = doc->events->managers; m != NULL; m = m->next)
    if (m->whole) return true;
  return false;
}

void yata_undo_stop_capturing(yata_undo_manager *m) {
  m->capturing = false;
}

size_t yata_undo_depth(const yata_undo_manager *m, enum yata_stack stack) {
  return stack == YATA_STACK_UNDO ? m->undo.n : m->redo.n;
}
