/* SPDX-License-Identifier: MIT */
/* What an observer may ask of an event: where it is, and which keys changed. Computed when asked. */
#include <stdlib.h>

#include "edit.h"
#include "events.h"
#include "integrate.h"
#include "torn.h"

/* Events are handed out as const; what is computed is kept in them. */
static struct yata_event *kept(const yata_event *event) {
  return (struct yata_event *)event;
}

yata_type yata_event_target(const yata_event *event) {
  return yata_handle_of(event->doc, event->type);
}

yata_type yata_event_current(const yata_event *event) {
  return yata_handle_of(event->doc, event->current);
}

const yata_txn_event *yata_event_txn(const yata_event *event) {
  return &event->doc->events->txn;
}

bool yata_event_list_changed(const yata_event *event) {
  return event->list;
}

/* ---- path --------------------------------------------------------------------------------------- */

static uint32_t index_of(const struct yata_doc *doc, uint32_t item) {
  uint32_t index = 0, parent = doc->items[item].parent;
  for (uint32_t h = doc->types[parent].start; h != item; h = doc->items[h].right)
    if (yata_item_counts(&doc->items[h])) index += doc->items[h].len;
  return index;
}

static int find_path(struct yata_event *e) {
  struct yata_doc *doc = e->doc;
  uint32_t n = 0;
  for (uint32_t t = e->type; t != e->current; t = doc->items[doc->types[t].item].parent) n++;
  YATA_TRY(yata_mem_grow(&doc->mem, &e->steps, &e->cap_steps, n, sizeof(*e->steps)));
  e->n_steps = n;
  for (uint32_t t = e->type; t != e->current;) {
    uint32_t item = doc->types[t].item, key = doc->items[item].key;
    yata_step *step = &e->steps[--n];
    *step = (yata_step){.is_key = key != 0};
    if (key != 0)
      step->key = yata_key_bytes(doc, key);
    else
      step->index = index_of(doc, item);
    t = doc->items[item].parent;
  }
  e->has_steps = true;
  return 0;
}

int yata_event_path(const yata_event *event, const yata_step **steps, size_t *count) {
  if (!event->has_steps) YATA_TRY(find_path(kept(event)));
  *steps = event->steps;
  *count = event->n_steps;
  return 0;
}

/* ---- keys --------------------------------------------------------------------------------------- */

static bool adds(const struct yata_doc *doc, uint32_t h) {
  return yata_units_before(doc, &doc->items[h]) < doc->items[h].len;
}

static bool deletes(const struct yata_doc *doc, uint32_t h) {
  return yata_txn_deletes(doc, doc->items[h].client, doc->items[h].clock);
}

/* What happened to a key; false: nothing. *old is the item that it held. */
static bool find_action(const struct yata_doc *doc, uint32_t h, enum yata_key_action *action, uint32_t *old) {
  bool deleted = deletes(doc, h);
  *action = YATA_KEY_DELETE;
  *old = h;
  if (!adds(doc, h)) return deleted;
  uint32_t before = doc->items[h].left;
  while (before != 0 && adds(doc, before)) before = doc->items[before].left;
  bool replaced = before != 0 && deletes(doc, before);
  *old = replaced ? before : 0;
  if (deleted) return replaced;
  *action = replaced ? YATA_KEY_UPDATE : YATA_KEY_ADD;
  return true;
}

static int compare_keys(const void *a, const void *b) {
  const uint32_t *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

/* The changed keys, each once, in the order in which this replica first saw them. */
static int list_keys(const struct yata_event *e, uint32_t **out, uint32_t *cap, uint32_t *count) {
  const struct yata_events *ev = e->doc->events;
  uint32_t n = 0, unique = 0;
  for (uint32_t i = e->keys; i != 0; i = ev->keys[i - 1].next) {
    YATA_TRY(yata_mem_grow(&e->doc->mem, out, cap, (size_t)n + 1, sizeof(**out)));
    (*out)[n++] = ev->keys[i - 1].key;
  }
  if (n > 1) qsort(*out, n, sizeof(**out), compare_keys);
  for (uint32_t i = 0; i < n; i++)
    if (unique == 0 || (*out)[unique - 1] != (*out)[i]) (*out)[unique++] = (*out)[i];
  *count = unique;
  return 0;
}

static int add_change(struct yata_event *e, uint32_t key) {
  struct yata_doc *doc = e->doc;
  enum yata_key_action action;
  uint32_t old, h = yata_ent_get(doc, e->type, key);
  if (h == 0 || !find_action(doc, h, &action, &old)) return 0;
  YATA_TRY(yata_mem_grow(&doc->mem, &e->changes, &e->cap_changes, (size_t)e->n_changes + 1, sizeof(*e->changes)));
  yata_key_change *change = &e->changes[e->n_changes];
  *change = (yata_key_change){.key = yata_key_bytes(doc, key), .action = action};
  if (old != 0) YATA_TRY(yata_value_of(doc, &doc->items[old], doc->items[old].len - 1, &change->old));
  e->n_changes++;
  return 0;
}

static int find_changes(struct yata_event *e) {
  uint32_t *keys = NULL, cap = 0, n = 0;
  int err = list_keys(e, &keys, &cap, &n);
  for (uint32_t i = 0; i < n && err == 0; i++) err = add_change(e, keys[i]);
  yata_mem_drop(&e->doc->mem, &keys, &cap, sizeof(*keys));
  if (err == 0) {
    e->has_changes = true;
    return 0;
  }
  for (uint32_t i = 0; i < e->n_changes; i++) yata_value_deinit(&e->changes[i].old);
  e->n_changes = 0;
  return err;
}

int yata_event_keys(const yata_event *event, const yata_key_change **changes, size_t *count) {
  if (!event->has_changes) YATA_TRY(find_changes(kept(event)));
  *changes = event->changes;
  *count = event->n_changes;
  return 0;
}

/* ---- delta -------------------------------------------------------------------------------------- */

static bool is_text(const struct yata_doc *doc, uint32_t type) {
  return doc->types[type].kind == YATA_KIND_TEXT || doc->types[type].kind == YATA_KIND_XML_TEXT;
}

static int find_delta(struct yata_event *e) {
  struct yata_doc *doc = e->doc;
  struct yata_delta *d = yata_mem_resize(&doc->mem, NULL, 0, sizeof(*d));
  if (d == NULL) return YATA_ERR_NOMEM;
  *d = (struct yata_delta){0};
  yata_buf_init(&d->text, &doc->alloc);
  /* Where only its keys changed, pairs of a text may be torn all the same. */
  bool text = is_text(doc, e->type), changed = e->list || (text && yata_torn_any(doc));
  int err = !changed ? 0 : text ? yata_delta_text(doc, e->type, d) : yata_delta_list(doc, e->type, d);
  if (err < 0) {
    yata_delta_deinit(doc, d);
    yata_mem_resize(&doc->mem, d, sizeof(*d), 0);
    return err;
  }
  e->delta = d;
  return 0;
}

int yata_event_delta(const yata_event *event, const yata_delta_op **ops, size_t *count) {
  if (event->delta == NULL) YATA_TRY(find_delta(kept(event)));
  *ops = event->delta->ops;
  *count = event->delta->n_ops;
  return 0;
}

/* ---- transactions ------------------------------------------------------------------------------- */

int yata_txn_next_state(const yata_txn_event *txn, uint32_t *cursor, uint64_t *client, uint32_t *before,
                        uint32_t *after) {
  const struct yata_doc *doc = txn->doc;
  while (*cursor < doc->n_clients && doc->clients[*cursor].state == 0) ++*cursor;
  if (*cursor >= doc->n_clients) return YATA_ERR_NOT_FOUND;
  const struct yata_client *c = &doc->clients[*cursor];
  *client = c->id;
  *before = yata_client_before(doc, *cursor);
  *after = c->state;
  ++*cursor;
  return 0;
}

int yata_txn_next_deleted(const yata_txn_event *txn, uint32_t *cursor, yata_range *out) {
  const struct yata_ranges *r = &txn->doc->txn.deleted;
  if (*cursor >= r->n) return YATA_ERR_NOT_FOUND;
  *out = r->v[(*cursor)++];
  return 0;
}

int yata_txn_next_event(const yata_txn_event *txn, uint32_t *cursor, const yata_event **out) {
  const struct yata_events *ev = txn->doc->events;
  if (*cursor >= ev->n_changed) return YATA_ERR_NOT_FOUND;
  *out = &ev->changed[(*cursor)++];
  return 0;
}
