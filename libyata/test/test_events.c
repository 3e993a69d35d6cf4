/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "failing.h"
#include "testing.h"

/* What an observer was told last. */
struct heard {
  yata_doc *doc;
  int calls;
  uint32_t id;
  char delta[512]; /* "=2 +abc -1": retain, insert, delete */
  char keys[256];  /* "add k;" */
  char path[64];   /* "/key/3" */
  size_t events;
  const void *origin;
  uint64_t time_ms;
  bool local;
  yata_buf update;
  int nomem;
};

static void say(char *at, size_t size, const char *format, ...) {
  va_list args;
  size_t n = strlen(at);
  va_start(args, format);
  vsnprintf(at + n, size - n, format, args);
  va_end(args);
}

static void hear_delta(struct heard *h, const yata_event *e) {
  const yata_delta_op *ops;
  size_t n;
  h->delta[0] = 0;
  int err = yata_event_delta(e, &ops, &n);
  h->nomem += err == YATA_ERR_NOMEM;
  if (err == YATA_ERR_NOMEM) err = yata_event_delta(e, &ops, &n);
  assert_ok(err);
  for (size_t i = 0; i < n; i++) {
    const yata_delta_op *op = &ops[i];
    if (op->kind == YATA_DELTA_RETAIN) say(h->delta, sizeof(h->delta), "=%u", op->len);
    if (op->kind == YATA_DELTA_DELETE) say(h->delta, sizeof(h->delta), "-%u", op->len);
    if (op->kind == YATA_DELTA_INSERT) say(h->delta, sizeof(h->delta), "+%u", op->len);
    say(h->delta, sizeof(h->delta), "(%.*s", (int)op->text.len, (const char *)op->text.data);
    for (size_t j = 0; j < op->n_values; j++) {
      const yata_value *v = &op->values[j];
      say(h->delta, sizeof(h->delta),
          v->type.slot != 0                ? "#"
          : v->any.kind == YATA_ANY_NUMBER ? "%g"
                                           : "?",
          v->any.u.number);
    }
    say(h->delta, sizeof(h->delta), ")@%u>%u/%zu>%zu ", op->old_index, op->new_index, op->old_byte, op->new_byte);
  }
}

static void hear_keys(struct heard *h, const yata_event *e) {
  static const char *const actions[] = {"add", "update", "delete"};
  const yata_key_change *changes;
  size_t n;
  h->keys[0] = 0;
  int err = yata_event_keys(e, &changes, &n);
  h->nomem += err == YATA_ERR_NOMEM;
  if (err == YATA_ERR_NOMEM) err = yata_event_keys(e, &changes, &n);
  assert_ok(err);
  for (size_t i = 0; i < n; i++) {
    say(h->keys, sizeof(h->keys), "%s %.*s", actions[changes[i].action], (int)changes[i].key.len,
        (const char *)changes[i].key.data);
    if (changes[i].old.any.kind == YATA_ANY_STRING)
      say(h->keys, sizeof(h->keys), " was %.*s", (int)changes[i].old.any.u.bytes.len,
          (const char *)changes[i].old.any.u.bytes.data);
    say(h->keys, sizeof(h->keys), ";");
  }
}

static void hear_path(struct heard *h, const yata_event *e) {
  const yata_step *steps;
  size_t n;
  h->path[0] = 0;
  int err = yata_event_path(e, &steps, &n);
  h->nomem += err == YATA_ERR_NOMEM;
  if (err == YATA_ERR_NOMEM) err = yata_event_path(e, &steps, &n);
  assert_ok(err);
  for (size_t i = 0; i < n; i++) {
    if (steps[i].is_key)
      say(h->path, sizeof(h->path), "/%.*s", (int)steps[i].key.len, (const char *)steps[i].key.data);
    else
      say(h->path, sizeof(h->path), "/%u", steps[i].index);
  }
}

static void hear_txn(struct heard *h, const yata_txn_event *txn) {
  h->doc = txn->doc;
  h->origin = txn->origin;
  h->time_ms = txn->time_ms;
  h->local = txn->local;
  h->calls++;
}

static void on_event(void *user, const yata_event *e) {
  struct heard *h = user;
  hear_txn(h, yata_event_txn(e));
  hear_delta(h, e);
  hear_keys(h, e);
  hear_path(h, e);
}

static void on_events(void *user, const yata_event *const *events, size_t n) {
  struct heard *h = user;
  h->events = n;
  on_event(user, events[n - 1]);
}

static void on_txn(void *user, const yata_txn_event *txn) {
  hear_txn(user, txn);
}

static void on_update(void *user, const yata_update_event *u) {
  struct heard *h = user;
  hear_txn(h, u->txn);
  yata_buf_deinit(&h->update);
  h->update.data = malloc(u->len);
  assert_non_null(h->update.data);
  memcpy(h->update.data, u->update, u->len);
  h->update.len = h->update.cap = u->len;
}

static void a_text_event_has_positions_in_both_units(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type text;
  struct heard h = {0};
  assert_ok(yata_text(doc, "t", &text));
  insert(doc, text, 0, "é😀 漢字 abc");
  assert_ok(yata_observe(doc, text, on_event, &h, &h.id));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text_delete(doc, text, 4, 1));
  assert_ok(yata_text_insert(doc, text, 6, "ß", 2));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_string_equal(h.delta, "=4()@0>0/0>0 -1(漢)@4>4/7>7 =2()@5>4/10>7 +1(ß)@7>6/14>11 ");
  assert_int_equal(h.calls, 1);
  assert_true(h.local);
  assert_text(doc, text, "é😀 字 ßabc");
  yata_doc_destroy(doc);
}

static void what_was_typed_and_deleted_at_once_is_no_change(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type text;
  struct heard h = {0};
  assert_ok(yata_text(doc, "t", &text));
  insert(doc, text, 0, "abc");
  assert_ok(yata_observe(doc, text, on_event, &h, &h.id));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text_insert(doc, text, 3, "def", 3));
  assert_ok(yata_text_delete(doc, text, 2, 4));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_string_equal(h.delta, "=2()@0>0/0>0 -1(c)@2>2/2>2 ");
  yata_unobserve(doc, h.id);
  insert(doc, text, 0, "x");
  assert_int_equal(h.calls, 1);
  yata_doc_destroy(doc);
}

static void keys_say_what_they_held(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type map;
  struct heard h = {0};
  yata_any old = yata_any_string("a string longer than what fits inline"), now = yata_any_number(2);
  assert_ok(yata_map(doc, "m", &map));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_map_set(doc, map, "a", 1, &old));
  assert_ok(yata_map_set(doc, map, "b", 1, &old));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_ok(yata_observe(doc, map, on_event, &h, NULL));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_map_set(doc, map, "a", 1, &now));
  assert_ok(yata_map_set(doc, map, "a", 1, &now));
  assert_ok(yata_map_delete(doc, map, "b", 1));
  assert_ok(yata_map_set(doc, map, "c", 1, &now));
  assert_ok(yata_map_set(doc, map, "d", 1, &now));
  assert_ok(yata_map_delete(doc, map, "d", 1));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_string_equal(h.keys, "update a was a string longer than what fits inline;"
                              "delete b was a string longer than what fits inline;add c;");
  assert_string_equal(h.delta, "");
  yata_doc_destroy(doc);
}

static void deep_observers_get_paths_ordered_by_depth(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type map, list, text, other;
  struct heard deep = {0}, inner = {0}, shallow = {0};
  yata_any v = yata_any_number(7);
  assert_ok(yata_map(doc, "m", &map));
  assert_ok(yata_map(doc, "other", &other));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_map_set_type(doc, map, "list", 4, YATA_KIND_ARRAY, &list));
  assert_ok(yata_array_insert(doc, list, 0, &v, 1));
  assert_ok(yata_array_insert_type(doc, list, 1, YATA_KIND_TEXT, &text));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_ok(yata_observe_deep(doc, map, on_events, &deep, NULL));
  assert_ok(yata_observe_deep(doc, list, on_events, &inner, NULL));
  assert_ok(yata_observe(doc, map, on_event, &shallow, NULL));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text_insert(doc, text, 0, "hi", 2));
  assert_ok(yata_array_insert(doc, list, 0, &v, 1));
  assert_ok(yata_map_set(doc, other, "k", 1, &v));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_int_equal(deep.events, 2);
  assert_string_equal(deep.path, "/list/2");
  assert_string_equal(deep.delta, "+2(hi)@0>0/0>0 ");
  assert_int_equal(inner.events, 2);
  assert_string_equal(inner.path, "/2");
  assert_int_equal(shallow.calls, 0);
  yata_doc_destroy(doc);
}

static void deleted_types_have_no_events_and_their_observers_go(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type map, text;
  struct heard h = {0}, outer = {0};
  assert_ok(yata_map(doc, "m", &map));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_map_set_type(doc, map, "t", 1, YATA_KIND_TEXT, &text));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_ok(yata_observe(doc, text, on_event, &h, &h.id));
  assert_ok(yata_observe_deep(doc, map, on_events, &outer, NULL));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text_insert(doc, text, 0, "gone", 4));
  assert_ok(yata_map_delete(doc, map, "t", 1));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_int_equal(h.calls, 0);
  assert_int_equal(outer.events, 1);
  assert_string_equal(outer.keys, "delete t;");
  assert_int_equal(yata_observe(doc, text, on_event, &h, NULL), YATA_ERR_GONE);
  yata_unobserve(doc, h.id);
  yata_doc_destroy(doc);
}

static void updates_are_those_of_the_commit_and_have_an_origin(void **state) {
  (void)state;
  yata_doc *a = new_doc(1), *b = new_doc(2);
  yata_type text;
  struct heard local = {0}, remote = {0}, txn = {0};
  yata_buf update = YATA_BUF_INIT;
  static const int here, there;
  const yata_cause by = {&here, 5000}, from = {&there, 6000};
  assert_ok(yata_text(a, "t", &text));
  assert_ok(yata_observe_update(a, 1, on_update, &local, NULL));
  assert_ok(yata_observe_update(b, 1, on_update, &remote, NULL));
  assert_ok(yata_observe_txn(b, on_txn, &txn, NULL));
  assert_int_equal(yata_observe_update(a, 3, on_update, &local, NULL), YATA_ERR_INVALID);
  assert_ok(yata_txn_begin_as(a, &by));
  assert_ok(yata_text_insert(a, text, 0, "hello", 5));
  assert_ok(yata_txn_commit(a, &update));
  assert_int_equal(local.update.len, update.len);
  assert_memory_equal(local.update.data, update.data, update.len);
  assert_ptr_equal(local.origin, &here);
  assert_int_equal(local.time_ms, 5000);
  assert_ok(yata_apply_update_as(b, update.data, update.len, &from, NULL));
  assert_int_equal(remote.update.len, update.len);
  assert_memory_equal(remote.update.data, update.data, update.len);
  assert_false(remote.local);
  assert_ptr_equal(txn.origin, &there);
  assert_int_equal(txn.time_ms, 6000);
  /* The same again changes nothing: a transaction, but no update. */
  assert_ok(yata_apply_update(b, update.data, update.len, NULL));
  assert_int_equal(remote.calls, 1);
  assert_int_equal(txn.calls, 2);
  assert_null(txn.origin);
  yata_buf_deinit(&update);
  yata_buf_deinit(&local.update);
  yata_buf_deinit(&remote.update);
  yata_doc_destroy(a);
  yata_doc_destroy(b);
}

/* ---- what observers may do ------------------------------------------------------------------------ */

static void change_from_inside(void *user, const yata_txn_event *txn) {
  struct heard *h = user;
  yata_doc *doc = txn->doc;
  yata_type text, none;
  yata_buf out = YATA_BUF_INIT;
  hear_txn(h, txn);
  assert_ok(yata_text(doc, "t", &text));
  assert_int_equal(yata_text(doc, "a new one", &none), YATA_ERR_STATE);
  assert_int_equal(yata_txn_begin(doc), YATA_ERR_STATE);
  assert_int_equal(yata_text_insert(doc, text, 0, "x", 1), YATA_ERR_STATE);
  assert_int_equal(yata_txn_commit(doc, NULL), YATA_ERR_STATE);
  assert_int_equal(yata_apply_update(doc, FIXTURE(text), NULL), YATA_ERR_STATE);
  assert_int_equal(yata_apply_update_v2(doc, FIXTURE(text), NULL), YATA_ERR_STATE);
  yata_txn_abort(doc);
  assert_ok(yata_text_read(doc, text, &out));
  assert_int_equal(out.len, 5);
  yata_buf_deinit(&out);
}

static void change_after_update(void *user, const yata_update_event *u) {
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_encode_state_as_update(u->txn->doc, NULL, 0, &out));
  yata_buf_deinit(&out);
  change_from_inside(user, u->txn);
}

static void observers_may_read_but_not_change(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type text;
  struct heard h = {0};
  assert_ok(yata_text(doc, "t", &text));
  assert_ok(yata_observe_txn(doc, change_from_inside, &h, NULL));
  assert_ok(yata_observe_update(doc, 1, change_after_update, &h, NULL));
  insert(doc, text, 0, "hello");
  assert_int_equal(h.calls, 2);
  assert_text(doc, text, "hello");
  yata_doc_destroy(doc);
}

struct pair {
  struct heard first, second;
  yata_doc *doc;
};

static void remove_both(void *user, const yata_event *e) {
  struct pair *p = user;
  on_event(&p->first, e);
  yata_unobserve(p->doc, p->first.id);
  yata_unobserve(p->doc, p->second.id);
}

static void add_many(void *user, const yata_event *e) {
  struct pair *p = user;
  on_event(&p->first, e);
  for (int i = 0; i < 100 && p->first.calls == 1; i++)
    assert_ok(yata_observe(p->doc, yata_event_target(e), on_event, &p->second, NULL));
}

static void observers_can_be_removed_and_added_from_inside(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type text;
  struct pair p = {.doc = doc}, q = {.doc = doc};
  assert_ok(yata_text(doc, "t", &text));
  assert_ok(yata_observe(doc, text, remove_both, &p, &p.first.id));
  assert_ok(yata_observe(doc, text, on_event, &p.second, &p.second.id));
  insert(doc, text, 0, "a");
  insert(doc, text, 0, "b");
  assert_int_equal(p.first.calls, 1);
  assert_int_equal(p.second.calls, 0);
  assert_ok(yata_observe(doc, text, add_many, &q, &q.first.id));
  insert(doc, text, 0, "c");
  assert_int_equal(q.second.calls, 0);
  insert(doc, text, 0, "d");
  assert_int_equal(q.second.calls, 100);
  yata_unobserve(doc, 12345);
  yata_doc_destroy(doc);
}

static void observers_are_not_added_within_a_transaction(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  struct heard h = {0};
  assert_ok(yata_txn_begin(doc));
  assert_int_equal(yata_observe_txn(doc, on_txn, &h, NULL), YATA_ERR_STATE);
  yata_txn_abort(doc);
  yata_doc_destroy(doc);
}

/* ---- without memory ----------------------------------------------------------------------------- */

struct all {
  struct heard event, deep, txn, update, update_v2;
};

static int observe(yata_doc *doc, struct all *all) {
  yata_type text, map;
  int err = yata_text(doc, "rich", &text);
  if (err == 0) err = yata_map(doc, "map", &map);
  if (err == 0) err = yata_observe(doc, text, on_event, &all->event, NULL);
  if (err == 0) err = yata_observe_deep(doc, map, on_events, &all->deep, NULL);
  if (err == 0) err = yata_observe_txn(doc, on_txn, &all->txn, NULL);
  if (err == 0) err = yata_observe_update(doc, 1, on_update, &all->update, NULL);
  return err == 0 ? yata_observe_update(doc, 2, on_update, &all->update_v2, NULL) : err;
}

static int edit(yata_doc *doc, yata_buf *update) {
  yata_type text, map, list;
  yata_any v = yata_any_string("more than twelve bytes of text"), many = {.kind = YATA_ANY_ARRAY};
  many.u.array.items = &v;
  many.u.array.len = 1;
  int err = yata_txn_begin(doc);
  if (err == 0) err = yata_text(doc, "rich", &text);
  if (err == 0) err = yata_text_insert(doc, text, 2, "😀abc", 7);
  if (err == 0) err = yata_text_delete(doc, text, 1, 2);
  if (err == 0) err = yata_map(doc, "map", &map);
  if (err == 0) err = yata_map_set(doc, map, "k", 1, &many);
  if (err == 0) err = yata_map_set(doc, map, "more", 4, &v);
  if (err == 0) err = yata_map_set_type(doc, map, "list", 4, YATA_KIND_ARRAY, &list);
  if (err == 0) err = yata_txn_commit(doc, update);
  if (err < 0) yata_txn_abort(doc);
  return err;
}

/* Observing, an edit and an update: with the nth allocation failing. */
static bool run_without_memory(long n) {
  struct failing f = {-1, 0};
  yata_allocator alloc = {failing_resize, &f};
  yata_options o = {.client_id = 77, .alloc = &alloc};
  struct all all = {0};
  yata_buf old = YATA_BUF_INIT, update;
  yata_doc *doc;
  yata_buf_init(&update, &alloc);
  assert_ok(yata_doc_create(&o, &doc));
  assert_ok(yata_apply_update(doc, FIXTURE(text), NULL));
  assert_ok(yata_encode_state_as_update(doc, NULL, 0, &old));
  f.countdown = n;
  int err = observe(doc, &all);
  if (err == 0) err = yata_apply_update(doc, FIXTURE(everything), NULL);
  if (err == 0) {
    long left = f.countdown;
    f.countdown = -1;
    yata_buf_clear(&old);
    assert_ok(yata_encode_state_as_update(doc, NULL, 0, &old));
    assert_int_equal(all.txn.calls, 1);
    f.countdown = left;
    err = edit(doc, &update);
  } else {
    assert_int_equal(all.event.calls + all.deep.calls + all.txn.calls + all.update.calls + all.update_v2.calls, 0);
  }
  bool done = f.countdown > 0;
  f.countdown = -1;
  if (err < 0) {
    assert_int_equal(err, YATA_ERR_NOMEM);
    assert_state(doc, old.data, old.len);
    assert_true(all.txn.calls <= 1);
  } else {
    assert_int_equal(all.txn.calls, 2);
    assert_int_equal(all.update.update.len, update.len);
    assert_memory_equal(all.update.update.data, update.data, update.len);
    yata_buf_clear(&update);
    assert_ok(yata_update_v2_to_v1(all.update_v2.update.data, all.update_v2.update.len, &update));
    assert_int_equal(all.update_v2.calls, 2);
    assert_string_equal(all.deep.path, "");
    assert_true(all.event.nomem + all.deep.nomem <= !done);
  }
  assert_ok(yata_doc_check(doc));
  yata_buf_deinit(&old);
  yata_buf_deinit(&update);
  yata_buf_deinit(&all.update.update);
  yata_buf_deinit(&all.update_v2.update);
  yata_doc_destroy(doc);
  assert_int_equal(f.live, 0);
  return done;
}

static void events_without_memory_lose_no_transaction(void **state) {
  (void)state;
  long n = 1;
  while (!run_without_memory(n)) n++;
  assert_true(n > 40);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_text_event_has_positions_in_both_units),
      cmocka_unit_test(what_was_typed_and_deleted_at_once_is_no_change),
      cmocka_unit_test(keys_say_what_they_held),
      cmocka_unit_test(deep_observers_get_paths_ordered_by_depth),
      cmocka_unit_test(deleted_types_have_no_events_and_their_observers_go),
      cmocka_unit_test(updates_are_those_of_the_commit_and_have_an_origin),
      cmocka_unit_test(observers_may_read_but_not_change),
      cmocka_unit_test(observers_can_be_removed_and_added_from_inside),
      cmocka_unit_test(observers_are_not_added_within_a_transaction),
      cmocka_unit_test(events_without_memory_lose_no_transaction),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
