/* SPDX-License-Identifier: MIT */
/* Observers, and what they may ask: it may lack memory once, asking again then works. */
#include "every.h"

static void on_event(void *user, const yata_event *e) {
  unsigned *calls = user;
  const yata_delta_op *ops;
  const yata_key_change *keys;
  const yata_step *steps;
  size_t n;
  ++*calls;
  assert_true(yata_event_txn(e)->local);
  AGAIN(yata_event_path(e, &steps, &n));
  AGAIN(yata_event_keys(e, &keys, &n));
  AGAIN(yata_event_delta(e, &ops, &n));
  assert_true(!yata_event_list_changed(e) || n > 0);
  assert_true(yata_event_target(e).slot != 0 && yata_event_current(e).slot != 0);
}

static void on_events(void *user, const yata_event *const *events, size_t count) {
  for (size_t i = 0; i < count; i++) on_event(user, events[i]);
}

static void on_txn(void *user, const yata_txn_event *txn) {
  unsigned *calls = user;
  uint32_t cursor = 0, before, after;
  uint64_t client;
  yata_range r;
  yata_subdoc_change c;
  const yata_event *e;
  /* When a sub-document went, an empty transaction follows for the undo manager of all. */
  if (yata_txn_next_deleted(txn, &cursor, &r) == YATA_ERR_NOT_FOUND) return;
  ++*calls;
  cursor = 0;
  assert_ok(yata_txn_next_state(txn, &cursor, &client, &before, &after));
  cursor = 0;
  assert_ok(yata_txn_next_event(txn, &cursor, &e));
  cursor = 0;
  assert_ok(yata_txn_next_subdoc(txn, &cursor, &c));
  assert_int_equal(c.kind, YATA_SUBDOC_REMOVED);
}

static void on_update(void *user, const yata_update_event *u) {
  unsigned *calls = user;
  ++*calls;
  assert_true(u->len > 2);
}

static int observe(struct world *w, unsigned *calls, uint32_t *ids) {
  int err = yata_observe(w->doc, w->text, on_event, calls, &ids[0]);
  THEN(yata_observe_deep(w->doc, w->fragment, on_events, calls, &ids[1]));
  THEN(yata_observe_txn(w->doc, on_txn, calls, &ids[2]));
  THEN(yata_observe_update(w->doc, 1, on_update, calls, &ids[3]));
  THEN(yata_observe_update(w->doc, 2, on_update, calls, &ids[4]));
  return err;
}

static int edit(struct world *w) {
  yata_any value = yata_any_string("a value of some length");
  OBJECT(bold, "bold", yata_any_bool(true));
  int err = yata_txn_begin(w->doc);
  THEN(yata_text_insert(w->doc, w->text, 3, "new", 3));
  THEN(yata_text_format(w->doc, w->text, 1, 3, &bold));
  THEN(yata_text_delete(w->doc, w->text, 0, 1));
  THEN(yata_map_set(w->doc, w->element, "class", 5, &value));
  THEN(yata_array_delete(w->doc, w->array, 0, 1));
  return err;
}

/* The sub-document is the first element: what stands before it goes first. */
static int observed_edit(struct world *w) {
  unsigned calls = 0;
  uint32_t ids[5] = {0};
  int err = observe(w, &calls, ids);
  THEN(edit(w));
  THEN(yata_txn_commit(w->doc, NULL));
  if (err == 0) assert_int_equal(calls, 5);
  if (err < 0) assert_int_equal(calls, 0);
  for (int i = 0; i < 5; i++) yata_unobserve(w->doc, ids[i]);
  return err;
}

/* Without memory to tell everybody the transaction stays open, and is told once it can be. */
static int observed_at_last(struct world *w) {
  unsigned calls = 0;
  uint32_t ids[5] = {0};
  int err = observe(w, &calls, ids);
  THEN(edit(w));
  if (err < 0) return err;
  AGAIN(yata_txn_commit(w->doc, NULL));
  assert_int_equal(calls, 5);
  return 0;
}

static void on_any_event(void *user, const yata_event *e) {
  const yata_delta_op *ops;
  size_t n;
  (void)user;
  AGAIN(yata_event_delta(e, &ops, &n));
}

static int observed_update(struct world *w) {
  yata_type text;
  void *none = NULL;
  int err = yata_text(w->doc, "t", &text);
  THEN(yata_observe(w->doc, w->text, on_any_event, none, NULL));
  THEN(yata_observe(w->doc, text, on_any_event, none, NULL));
  THEN(yata_apply_update(w->doc, FIXTURE(everything), NULL));
  return err;
}

const struct scenario every_event[] = {
    {"observed edit", observed_edit},
    {"observed at last", observed_at_last},
    {"observed update", observed_update},
    {NULL, NULL},
};
