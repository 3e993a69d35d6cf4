/* SPDX-License-Identifier: MIT */
/* Observers: who they are, and calling them when a transaction ends. */
#include "edit.h"
#include "encode.h"
#include "subdoc.h"
#include "txn.h"
#include "typing.h"
#include "undo.h"

/* ---- who observes ------------------------------------------------------------------------------- */

int yata_events_get(struct yata_doc *doc) {
  if (doc->events != NULL) return 0;
  struct yata_events *ev = yata_mem_resize(&doc->mem, NULL, 0, sizeof(*ev));
  if (ev == NULL) return YATA_ERR_NOMEM;
  *ev = (struct yata_events){.next_id = 1};
  yata_buf_init(&ev->update, &doc->alloc);
  yata_buf_init(&ev->update_v2, &doc->alloc);
  yata_v2_out_init(&ev->v2, &doc->alloc);
  doc->events = ev;
  return 0;
}

void yata_events_watch(struct yata_doc *doc) {
  const struct yata_events *ev = doc->events;
  doc->watched = ev->count[YATA_OF_TYPE] + ev->count[YATA_OF_DEEP] + ev->count[YATA_OF_TXN] > 0 || ev->managers != NULL;
  doc->observed = doc->watched || ev->count[YATA_OF_UPDATE] + ev->count[YATA_OF_UPDATE_V2] > 0;
  yata_typing_forget(doc);
}

static int add(struct yata_doc *doc, struct yata_observer *o, uint32_t *id) {
  /* The open transaction may have made shortcuts already that observers must not see. */
  if (doc->txn.open && !doc->busy) return YATA_ERR_STATE;
  YATA_TRY(yata_events_get(doc));
  struct yata_events *ev = doc->events;
  YATA_TRY(yata_mem_grow(&doc->mem, &ev->observers, &ev->cap, (size_t)ev->n + 1, sizeof(*ev->observers)));
  o->id = ev->next_id++;
  o->fresh = doc->busy;
  ev->observers[ev->n++] = *o;
  ev->count[o->what]++;
  yata_events_watch(doc);
  if (id != NULL) *id = o->id;
  return 0;
}

int yata_observe(yata_doc *doc, yata_type type, yata_on_event *on_event, void *user, uint32_t *id) {
  struct yata_observer o = {.what = YATA_OF_TYPE, .type = type, .on.event = on_event, .user = user};
  uint32_t slot;
  YATA_TRY(yata_handle(doc, type, YATA_KIND_NONE, &slot));
  return add(doc, &o, id);
}

int yata_observe_deep(yata_doc *doc, yata_type type, yata_on_events *on_events, void *user, uint32_t *id) {
  struct yata_observer o = {.what = YATA_OF_DEEP, .type = type, .on.events = on_events, .user = user};
  uint32_t slot;
  YATA_TRY(yata_handle(doc, type, YATA_KIND_NONE, &slot));
  return add(doc, &o, id);
}

int yata_observe_txn(yata_doc *doc, yata_on_txn *on_txn, void *user, uint32_t *id) {
  struct yata_observer o = {.what = YATA_OF_TXN, .on.txn = on_txn, .user = user};
  return add(doc, &o, id);
}

int yata_observe_update(yata_doc *doc, int version, yata_on_update *on_update, void *user, uint32_t *id) {
  struct yata_observer o = {.what = YATA_OF_UPDATE, .on.update = on_update, .user = user};
  if (version != 1 && version != 2) return YATA_ERR_INVALID;
  if (version == 2) o.what = YATA_OF_UPDATE_V2;
  return add(doc, &o, id);
}

static bool is_gone(const struct yata_doc *doc, const struct yata_observer *o) {
  if (o->id == 0) return true;
  return (o->what == YATA_OF_TYPE || o->what == YATA_OF_DEEP) &&
         doc->types[o->type.slot].generation != o->type.generation;
}

/* Drop those that were removed, or whose type is gone. */
static void compact(struct yata_doc *doc) {
  struct yata_events *ev = doc->events;
  uint32_t n = 0;
  for (uint32_t i = 0; i < ev->n; i++) {
    if (is_gone(doc, &ev->observers[i])) {
      ev->count[ev->observers[i].what]--;
    } else {
      ev->observers[n] = ev->observers[i];
      ev->observers[n++].fresh = false;
    }
  }
  ev->n = n;
  yata_events_watch(doc);
}

void yata_unobserve(yata_doc *doc, uint32_t id) {
  struct yata_events *ev = doc->events;
  if (ev == NULL || id == 0) return;
  for (uint32_t i = 0; i < ev->n; i++)
    if (ev->observers[i].id == id) ev->observers[i].id = 0;
  if (!doc->busy) compact(doc);
}

void yata_events_destroy(struct yata_doc *doc) {
  struct yata_events *ev = doc->events;
  struct yata_mem *mem = &doc->mem;
  if (ev == NULL) return;
  yata_undo_destroy_all(doc);
  yata_mem_drop(mem, &ev->observers, &ev->cap, sizeof(*ev->observers));
  yata_mem_drop(mem, &ev->changed, &ev->cap_changed, sizeof(*ev->changed));
  yata_mem_drop(mem, &ev->hash, &ev->cap_hash, sizeof(*ev->hash));
  yata_mem_drop(mem, &ev->keys, &ev->cap_keys, sizeof(*ev->keys));
  yata_mem_drop(mem, &ev->gathered, &ev->cap_gathered, sizeof(*ev->gathered));
  yata_mem_drop(mem, &ev->buckets, &ev->cap_buckets, sizeof(*ev->buckets));
  yata_buf_deinit(&ev->update);
  yata_buf_deinit(&ev->update_v2);
  yata_v2_out_deinit(&ev->v2);
  yata_mem_resize(mem, ev, sizeof(*ev), 0);
  doc->events = NULL;
}

/* ---- the end of a transaction ------------------------------------------------------------------- */

/* Room for the updates as they will be: cleaning up never makes them longer. */
static int reserve_updates(struct yata_doc *doc) {
  struct yata_events *ev = doc->events;
  yata_buf *update = &ev->update;
  yata_buf_clear(&ev->update_v2);
  if (ev->count[YATA_OF_UPDATE_V2] > 0) {
    yata_v2_out_deinit(&ev->v2);
    yata_v2_out_init(&ev->v2, &doc->alloc);
    YATA_TRY(yata_rehearse_txn_v2(doc, &ev->v2, &ev->update_v2));
  }
  yata_buf_clear(update);
  if (ev->count[YATA_OF_UPDATE] == 0) return 0;
  return yata_buf_reserve(update, yata_txn_bound(doc));
}

int yata_events_prepare(struct yata_doc *doc) {
  struct yata_events *ev = doc->events;
  ev->txn = (yata_txn_event){doc, doc->txn.cause.origin, doc->txn.cause.time_ms, doc->txn.local};
  if (doc->watched) {
    YATA_TRY(yata_undo_order(doc));
    yata_ranges_sort(&doc->txn.deleted);
    YATA_TRY(yata_changes_find(doc));
    YATA_TRY(yata_changes_gather(doc));
    YATA_TRY(yata_undo_prepare(doc));
  }
  return reserve_updates(doc);
}

/* Would Yjs look for formats to tidy up, and find none? */
static bool may_be_tidied(const struct yata_doc *doc) {
  const struct yata_events *ev = doc->events;
  if (doc->txn.local || doc->txn.n_doomed > 0) return false;
  for (uint32_t i = 0; i < ev->n_changed; i++)
    if (doc->types[ev->changed[i].type].flags & YATA_TYPE_FORMATTED) return true;
  return false;
}

static const struct yata_observer *next_observer(const struct yata_events *ev, uint32_t *i, enum yata_observing what) {
  if (ev->count[what] == 0) return NULL;
  while (*i < ev->n) {
    const struct yata_observer *o = &ev->observers[(*i)++];
    if (o->what == what && o->id != 0 && !o->fresh) return o;
  }
  return NULL;
}

static bool is_at(const struct yata_doc *doc, const struct yata_observer *o, uint32_t type) {
  return o->type.slot == type && o->type.generation == doc->types[type].generation;
}

static void call_type(struct yata_doc *doc, struct yata_event *e) {
  const struct yata_observer *o;
  for (uint32_t i = 0; (o = next_observer(doc->events, &i, YATA_OF_TYPE)) != NULL;)
    if (is_at(doc, o, e->type)) o->on.event(o->user, e);
}

static void call_deep(struct yata_doc *doc, const struct yata_bucket *b) {
  struct yata_events *ev = doc->events;
  const struct yata_observer *o;
  for (uint32_t i = 0; i < b->n; i++) {
    /* They are the elements of ev->changed. */
    struct yata_event *e = (struct yata_event *)ev->gathered[b->first + i];
    e->current = b->type;
    e->has_steps = false;
  }
  for (uint32_t i = 0; (o = next_observer(ev, &i, YATA_OF_DEEP)) != NULL;)
    if (is_at(doc, o, b->type)) o->on.events(o->user, ev->gathered + b->first, b->n);
}

void yata_events_deliver(struct yata_doc *doc) {
  struct yata_events *ev = doc->events;
  const struct yata_observer *o;
  if (!doc->watched) return;
  doc->busy = true;
  for (uint32_t i = 0; i < ev->n_changed && ev->count[YATA_OF_TYPE] > 0; i++) call_type(doc, &ev->changed[i]);
  for (uint32_t i = 0; i < ev->n_buckets; i++) call_deep(doc, &ev->buckets[i]);
  yata_undo_capture(doc);
  ev->follow_ups += may_be_tidied(doc);
  ev->late_follow_ups += yata_subdocs_removed(doc);
  for (uint32_t i = 0; (o = next_observer(ev, &i, YATA_OF_TXN)) != NULL;) o->on.txn(o->user, &ev->txn);
  yata_changes_forget(doc);
  doc->busy = false;
}

void yata_events_encode(struct yata_doc *doc) {
  struct yata_events *ev = doc->events;
  /* There is room: these cannot fail. */
  if (ev->count[YATA_OF_UPDATE] > 0) (void)!yata_encode_txn(doc, &ev->update);
  if (ev->count[YATA_OF_UPDATE_V2] > 0) (void)!yata_encode_txn_v2(doc, &ev->v2, &ev->update_v2);
}

static void call_updates(struct yata_doc *doc, enum yata_observing what, const yata_buf *update) {
  struct yata_events *ev = doc->events;
  const struct yata_observer *o;
  yata_update_event e = {&ev->txn, update->data, update->len};
  if (update->len == 0) return;
  for (uint32_t i = 0; (o = next_observer(ev, &i, what)) != NULL;) o->on.update(o->user, &e);
}

/* What a large transaction needed goes; a small one's memory stays for the next. */
static void shrink(yata_buf *update) {
  if (update->cap > 65536) yata_buf_deinit(update);
}

/* The empty transactions that Yjs makes, for managers of the whole document. Without memory there are none. */
static void follow_up(struct yata_doc *doc, uint32_t n) {
  const yata_cause cause = {NULL, doc->events->txn.time_ms};
  if (n == 0 || !yata_undo_is_whole(doc)) return;
  /* What was tidied up stays until the next transaction of the caller. */
  struct yata_ranges tidied = doc->txn.tidied;
  doc->txn.tidied = (struct yata_ranges){0};
  for (; n > 0; n--) {
    yata_txn_open(doc, true, &cause);
    if (yata_txn_commit(doc, NULL) < 0) yata_txn_abort(doc);
  }
  doc->txn.tidied = tidied;
}

void yata_events_finish(struct yata_doc *doc) {
  struct yata_events *ev = doc->events;
  doc->busy = true;
  call_updates(doc, YATA_OF_UPDATE, &ev->update);
  call_updates(doc, YATA_OF_UPDATE_V2, &ev->update_v2);
  doc->busy = false;
  shrink(&ev->update);
  shrink(&ev->update_v2);
  compact(doc);
  const bool local = ev->txn.local;
  const uint32_t n = ev->follow_ups;
  ev->follow_ups = 0;
  if (ev->tidies) {
    ev->late_follow_ups += n;
    return;
  }
  ev->tidies = !local; /* what follows these in turn comes after what is tidied up */
  follow_up(doc, n);
  ev->tidies = false;
  if (local) yata_events_end(doc); /* there is nothing to tidy up first */
}

void yata_events_empty(struct yata_doc *doc) {
  follow_up(doc, 1);
}

void yata_events_end(struct yata_doc *doc) {
  uint32_t n = doc->events->late_follow_ups;
  doc->events->late_follow_ups = 0;
  follow_up(doc, n);
}
