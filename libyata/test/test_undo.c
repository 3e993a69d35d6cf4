/* SPDX-License-Identifier: MIT */
/* What undo managers tell and ask; what they do stands beside yjs, in yjs/undo.test.mjs. */
#include <stdio.h>

#include "failing.h"
#include "testing.h"

static const char me, other;

static void put_as(yata_doc *doc, yata_type text, const void *who, uint64_t ms, uint32_t index, const char *s) {
  const yata_cause cause = {who, ms};
  assert_ok(yata_txn_begin_as(doc, &cause));
  assert_ok(yata_text_insert(doc, text, index, s, strlen(s)));
  assert_ok(yata_txn_commit(doc, NULL));
}

static void type_as(yata_doc *doc, yata_type text, const void *who, uint64_t ms, const char *s) {
  put_as(doc, text, who, ms, 0, s);
}

static void undo(yata_undo_manager *m, bool expected) {
  bool done;
  assert_ok(yata_undo_undo(m, 9000, NULL, &done));
  assert_int_equal(done, expected);
}

static void redo(yata_undo_manager *m, bool expected) {
  bool done;
  assert_ok(yata_undo_redo(m, 9000, NULL, &done));
  assert_int_equal(done, expected);
}

/* ---- steps -------------------------------------------------------------------------------- */

/* What was told; a step's meta is its number. */
struct story {
  char log[1024];
  int steps, freed;
};

static void tell(struct story *s, const char *what) {
  assert_true(strlen(s->log) + strlen(what) < sizeof(s->log));
  strcat(s->log, what);
}

static void on_stack(void *user, const yata_stack_event *e) {
  static const char *const actions[] = {"+", "~", "-", "*"};
  struct story *s = user;
  char line[64];
  bool done;
  if (e->action == YATA_STACK_ADDED) {
    int *number = malloc(sizeof(int));
    assert_non_null(number);
    assert_null(*e->meta);
    *number = ++s->steps;
    *e->meta = number;
  }
  assert_int_equal(e->txn != NULL, e->action == YATA_STACK_ADDED || e->action == YATA_STACK_UPDATED);
  if (e->txn != NULL) assert_ptr_equal(e->txn->origin, e->origin);
  assert_int_equal(e->meta == NULL, e->action == YATA_STACK_CLEARED);
  snprintf(line, sizeof(line), "%s%s%d by %s, ", e->stack == YATA_STACK_UNDO ? "undo" : "redo", actions[e->action],
           e->meta != NULL ? *(int *)*e->meta : 0,
           e->origin == &me          ? "me"
           : e->origin == e->manager ? "manager"
           : e->origin == NULL       ? "none"
                                     : "?");
  tell(s, line);
  /* It may read, and nothing else. */
  assert_int_equal(yata_undo_undo(e->manager, 0, NULL, &done), YATA_ERR_STATE);
  assert_int_equal(yata_undo_clear(e->manager, true, true, 0), YATA_ERR_STATE);
}

static void free_meta(void *user, void *meta) {
  struct story *s = user;
  s->freed++;
  free(meta);
}

static void assert_told(struct story *s, const char *expected) {
  assert_string_equal(s->log, expected);
  s->log[0] = '\0';
}

static void steps_are_told_with_what_is_kept_beside_them(void **state) {
  (void)state;
  struct story s = {0};
  const void *const origins[] = {&me};
  yata_doc *doc = new_doc(1);
  yata_type text;
  yata_undo_manager *m;
  assert_ok(yata_text(doc, "t", &text));
  const yata_undo_options o = {.scope = &text,
                               .n_scope = 1,
                               .origins = origins,
                               .n_origins = 1,
                               .on_stack = on_stack,
                               .free_meta = free_meta,
                               .user = &s};
  assert_ok(yata_undo_create(doc, &o, &m));
  type_as(doc, text, &me, 1000, "a");
  type_as(doc, text, &me, 1499, "b");
  type_as(doc, text, &other, 1500, "x");
  type_as(doc, text, &me, 1999, "c"); /* 500 ms after the last one of mine */
  assert_told(&s, "undo+1 by me, undo~1 by me, undo+2 by me, ");
  undo(m, true);
  assert_told(&s, "redo+3 by manager, undo-2 by manager, ");
  assert_int_equal(s.freed, 1);
  redo(m, true);
  assert_told(&s, "undo+4 by manager, redo-3 by manager, ");
  undo(m, true);
  undo(m, true);
  undo(m, false);
  assert_text(doc, text, "x");
  assert_told(&s, "redo+5 by manager, undo-4 by manager, redo+6 by manager, undo-1 by manager, ");
  assert_int_equal(s.freed, 4);
  redo(m, true);
  assert_told(&s, "undo+7 by manager, redo-6 by manager, ");
  type_as(doc, text, &me, 3000, "d"); /* what was undone cannot be redone any more */
  assert_told(&s, "redo*0 by me, undo+8 by me, ");
  assert_int_equal(s.freed, 6);
  redo(m, false);
  assert_ok(yata_undo_clear(m, true, true, 4000));
  assert_told(&s, "undo*0 by none, redo*0 by none, ");
  assert_int_equal(s.freed, 8);
  type_as(doc, text, &me, 5000, "e");
  type_as(doc, text, &me, 6000, "f");
  undo(m, true);
  type_as(doc, text, &me, 6001, "g"); /* an undo ends the step before it */
  assert_told(&s, "undo+9 by me, undo+10 by me, redo+11 by manager, undo-10 by manager, redo*0 by me, undo+12 by me, ");
  yata_doc_destroy(doc);
  assert_int_equal(s.freed, 12);
  assert_int_equal(s.steps, 12);
}

/* ---- what is asked ------------------------------------------------------------------------ */

static bool not_by_second(void *user, const yata_txn_event *txn) {
  (void)user;
  return txn->time_ms % 2 == 0;
}

static void a_transaction_that_is_not_to_be_captured_is_none(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type text;
  yata_undo_manager *m;
  const yata_undo_options o = {.capture = not_by_second, .capture_timeout_ms = -1};
  assert_ok(yata_text(doc, "t", &text));
  assert_ok(yata_undo_create(doc, &o, &m));
  type_as(doc, text, NULL, 1000, "a");
  type_as(doc, text, NULL, 1001, "b");
  assert_int_equal(yata_undo_depth(m, YATA_STACK_UNDO), 1);
  undo(m, true);
  assert_text(doc, text, "b");
  type_as(doc, text, NULL, 1003, "c"); /* nor does it take away what can be redone */
  redo(m, true);
  assert_text(doc, text, "cba");
  yata_doc_destroy(doc);
}

/* Which keys were asked for, in turn; a type is `{}`. Types are not to be deleted. */
static bool no_types(void *user, const yata_undo_item *item) {
  char *asked = user;
  assert_int_equal(item->units.client, 1);
  assert_int_equal(item->units.len, 1);
  assert_int_equal(yata_txn_begin(item->doc), YATA_ERR_STATE);
  if (item->has_key) {
    assert_int_equal(yata_type_kind(item->doc, item->parent), YATA_KIND_MAP);
    strncat(asked, (const char *)item->key.data, item->key.len);
    return true;
  }
  assert_int_equal(yata_type_kind(item->doc, item->parent), YATA_KIND_ARRAY);
  assert_int_equal(yata_type_kind(item->doc, item->type), YATA_KIND_MAP);
  strcat(asked, "{}");
  return false;
}

static void what_is_not_to_be_deleted_stays(void **state) {
  (void)state;
  char asked[16] = "";
  yata_doc *doc = new_doc(1);
  yata_type array, map;
  yata_undo_manager *m;
  const yata_any value = yata_any_number(1);
  uint32_t n;
  assert_ok(yata_array(doc, "a", &array));
  const yata_undo_options o = {.scope = &array, .n_scope = 1, .may_delete = no_types, .user = asked};
  assert_ok(yata_undo_create(doc, &o, &m));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_array_insert_type(doc, array, 0, YATA_KIND_MAP, &map));
  assert_ok(yata_map_set(doc, map, "x", 1, &value));
  assert_ok(yata_map_set(doc, map, "y", 1, &value));
  assert_ok(yata_txn_commit(doc, NULL));
  undo(m, true);
  assert_string_equal(asked, "yx{}"); /* children before what holds them */
  assert_ok(yata_array_length(doc, array, &n));
  assert_int_equal(n, 1);
  assert_ok(yata_map_length(doc, map, &n));
  assert_int_equal(n, 0);
  redo(m, true);
  assert_ok(yata_map_length(doc, map, &n));
  assert_int_equal(n, 2);
  yata_doc_destroy(doc);
}

static void a_manager_needs_types_that_are_there(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type array, map;
  yata_undo_manager *m = NULL;
  assert_ok(yata_array(doc, "a", &array));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_array_insert_type(doc, array, 0, YATA_KIND_MAP, &map));
  assert_int_equal(yata_undo_create(doc, NULL, &m), YATA_ERR_STATE);
  assert_ok(yata_array_delete(doc, array, 0, 1));
  assert_ok(yata_txn_commit(doc, NULL));
  const yata_undo_options o = {.scope = &map, .n_scope = 1};
  assert_int_equal(yata_undo_create(doc, &o, &m), YATA_ERR_GONE);
  assert_null(m);
  assert_ok(yata_undo_create(doc, NULL, &m));
  assert_int_equal(yata_undo_add_scope(m, map), YATA_ERR_GONE);
  yata_undo_destroy(m);
  yata_undo_destroy(NULL);
  yata_doc_destroy(doc);
}

/* ---- what is forgotten ---------------------------------------------------------------------- */

/* Two managers of a text: one of what `me` writes, and one that takes what the first undoes for edits. */
struct two {
  yata_doc *doc;
  yata_type text;
  yata_undo_manager *mine, *all;
};

static void open_two(struct two *t, const yata_options *options, bool (*capture)(void *, const yata_txn_event *)) {
  const void *first[] = {&me}, *second[] = {NULL, NULL};
  assert_ok(yata_doc_create(options, &t->doc));
  assert_ok(yata_text(t->doc, "t", &t->text));
  yata_undo_options o = {.scope = &t->text, .n_scope = 1, .origins = first, .n_origins = 1, .capture = capture};
  o.capture_timeout_ms = -1;
  assert_ok(yata_undo_create(t->doc, &o, &t->mine));
  second[1] = t->mine;
  o = (yata_undo_options){.scope = &t->text, .n_scope = 1, .origins = second, .n_origins = 2};
  assert_ok(yata_undo_create(t->doc, &o, &t->all));
}

/* What the first takes back the other makes anew, together with what was deleted beside it. When the first forgets that
 * it could redo, what it could is split off for good: Yjs writes these bytes. */
static void split_off(bool (*capture)(void *, const yata_txn_event *)) {
  static const uint8_t expected[] = {1,   5,   9,    0,    4, 1, 1,   't', 2,    'a', 'b', 0x84, 9,   1,   2,
                                     'c', 'd', 0x84, 9,    3, 2, 'e', 'f', 0x44, 9,   0,   6,    'a', 'b', 'c',
                                     'd', 'e', 'f',  0x84, 9, 5, 1,   'z', 1,    9,   1,   0,    6};
  const yata_options kept = {.client_id = 9, .keep_deleted = true};
  struct two t;
  open_two(&t, &kept, capture);
  put_as(t.doc, t.text, &other, 2, 0, "ab");
  put_as(t.doc, t.text, &me, 2, 2, "cd");
  put_as(t.doc, t.text, &other, 2, 4, "ef");
  undo(t.mine, true);
  erase(t.doc, t.text, 0, 4);
  undo(t.all, true);
  assert_text(t.doc, t.text, "abcdef");
  put_as(t.doc, t.text, &me, 2, 6, "z");
  assert_int_equal(yata_undo_depth(t.mine, YATA_STACK_REDO), 0);
  assert_state(t.doc, expected, sizeof(expected));
  yata_doc_destroy(t.doc);
}

static void what_is_forgotten_is_split_off(void **state) {
  (void)state;
  split_off(NULL);
  split_off(not_by_second);
}

enum { PARTS = 40 };

/* True: the nth allocation was asked for. *len: of the state after, 0: the commit failed. */
static bool forget_many(long n, size_t *len) {
  struct failing f = {-1, 0};
  const yata_allocator alloc = {failing_resize, &f};
  const yata_options o = {.client_id = 9, .keep_deleted = true, .alloc = &alloc};
  const yata_cause cause = {&me, 2};
  struct two t;
  yata_buf before = YATA_BUF_INIT, after = YATA_BUF_INIT;
  open_two(&t, &o, NULL);
  for (int i = 0; i < PARTS; i++) {
    put_as(t.doc, t.text, &other, 2, 0, "ab");
    put_as(t.doc, t.text, &me, 2, 2, "cd");
    put_as(t.doc, t.text, &other, 2, 4, "ef");
  }
  for (int i = 0; i < PARTS; i++) undo(t.mine, true);
  erase(t.doc, t.text, 0, 4 * PARTS);
  undo(t.all, true);
  assert_ok(yata_encode_state_as_update(t.doc, NULL, 0, &before));
  assert_ok(yata_txn_begin_as(t.doc, &cause));
  assert_ok(yata_text_insert(t.doc, t.text, 0, "z", 1));
  f.countdown = n;
  int err = yata_txn_commit(t.doc, NULL);
  bool asked = f.countdown == 0;
  f.countdown = -1;
  yata_txn_abort(t.doc);
  assert_ok(yata_doc_check(t.doc));
  assert_int_equal(yata_undo_depth(t.mine, YATA_STACK_REDO), err < 0 ? PARTS : 0);
  if (err < 0) assert_state(t.doc, before.data, before.len);
  assert_ok(yata_encode_state_as_update(t.doc, NULL, 0, &after));
  *len = err < 0 ? 0 : after.len;
  yata_buf_deinit(&before);
  yata_buf_deinit(&after);
  yata_doc_destroy(t.doc);
  assert_int_equal(f.live, 0);
  return asked;
}

/* Without memory to split off all of it none is: the transaction is through. */
static void what_is_forgotten_without_memory_stays_whole(void **state) {
  (void)state;
  size_t len = 0, whole = 0;
  for (long n = 1; forget_many(n, &len); n++) {
    if (whole == 0) whole = len;
    assert_int_equal(len, whole);
  }
  assert_true(whole > 0);
  assert_true(len > whole);
}

/* Yjs fills a new root, with nothing, where it is an array or XML that has children. For a manager of the whole
 * document that is a step; and it then forgets what it could redo, which is one more. */
static void a_new_root_is_a_step_of_the_whole_document(void **state) {
  (void)state;
  const yata_undo_options o = {.capture_timeout_ms = -1};
  for (enum yata_kind kind = YATA_KIND_ARRAY; kind <= YATA_KIND_XML_TEXT; kind++) {
    bool filled = kind == YATA_KIND_ARRAY || kind == YATA_KIND_XML_FRAGMENT || kind == YATA_KIND_XML_ELEMENT;
    yata_doc *doc = new_doc(1);
    yata_type text, root;
    yata_undo_manager *m;
    assert_ok(yata_text(doc, "t", &text));
    assert_ok(yata_undo_create(doc, &o, &m));
    type_as(doc, text, NULL, 1000, "a");
    type_as(doc, text, NULL, 1000, "b");
    undo(m, true);
    assert_ok(yata_txn_begin(doc)); /* within a transaction it is none of its own */
    assert_ok(yata_root(doc, "within", kind, &root));
    yata_txn_abort(doc);
    assert_int_equal(yata_undo_depth(m, YATA_STACK_UNDO), 1);
    for (int i = 0; i < 2; i++) { /* the second time it is there */
      assert_ok(yata_root(doc, "r", kind, &root));
      assert_int_equal(yata_undo_depth(m, YATA_STACK_UNDO), filled ? 3 : 1);
      assert_int_equal(yata_undo_depth(m, YATA_STACK_REDO), filled ? 0 : 1);
    }
    undo(m, true);
    assert_text(doc, text, "");
    yata_doc_destroy(doc);
  }
}

/* ---- limits ------------------------------------------------------------------------------------- */

static void on_deep(void *user, const yata_event *const *events, size_t count) {
  (void)events;
  *(size_t *)user += count;
}

/* Maps within maps, of which the 20 deepest are changed; the transaction stays open. */
static void change_deep(yata_doc *doc, const yata_type *maps) {
  const yata_any one = yata_any_number(1);
  assert_ok(yata_txn_begin(doc));
  for (int i = 80; i < 100; i++) assert_ok(yata_map_set(doc, maps[i], "one", 3, &one));
}

static void nest(yata_doc *doc, yata_type *maps) {
  assert_ok(yata_map(doc, "map", &maps[0]));
  assert_ok(yata_txn_begin(doc));
  for (int i = 1; i < 100; i++) assert_ok(yata_map_set_type(doc, maps[i - 1], "in", 2, YATA_KIND_MAP, &maps[i]));
  assert_ok(yata_txn_commit(doc, NULL));
}

/* Too deep to find out who is to be told: the transaction is still there, and commits with a higher limit. */
static void assert_limited(yata_doc *doc, const yata_type *maps, int (*commit)(yata_doc *, yata_buf *)) {
  yata_buf before = YATA_BUF_INIT, update = YATA_BUF_INIT;
  assert_ok(yata_encode_state_as_update(doc, NULL, 0, &before));
  for (int i = 0; i < 2; i++) {
    yata_doc_set_limits(doc, 0, 1000);
    change_deep(doc, maps);
    for (int j = 0; j < 2; j++) assert_int_equal(commit(doc, &update), YATA_ERR_LIMIT);
    assert_int_equal(update.len, 0);
    assert_int_equal(yata_txn_begin(doc), YATA_ERR_STATE);
    assert_true(yata_map_has(doc, maps[99], "one", 3));
    if (i == 1) break;
    yata_txn_abort(doc);
    assert_state(doc, before.data, before.len);
  }
  yata_doc_set_limits(doc, 0, 0);
  assert_ok(commit(doc, &update));
  assert_true(update.len > 0);
  assert_ok(yata_doc_check(doc));
  yata_buf_deinit(&before);
  yata_buf_deinit(&update);
}

static void a_commit_that_would_take_too_long_leaves_the_transaction_open(void **state) {
  (void)state;
  int (*const commits[])(yata_doc *, yata_buf *) = {yata_txn_commit, yata_txn_commit_v2};
  for (int i = 0; i < 4; i++) {
    yata_doc *doc = new_doc(1);
    yata_type maps[100], elsewhere;
    yata_undo_manager *manager = NULL;
    size_t told = 0;
    nest(doc, maps);
    assert_ok(yata_map(doc, "elsewhere", &elsewhere));
    const yata_type scopes[] = {elsewhere, maps[0]};
    const yata_undo_options options = {.scope = scopes, .n_scope = 2};
    if (i < 2)
      assert_ok(yata_observe_deep(doc, maps[0], on_deep, &told, NULL));
    else
      assert_ok(yata_undo_create(doc, &options, &manager));
    assert_limited(doc, maps, commits[i % 2]);
    assert_int_equal(told, i < 2 ? 20 : 0);
    if (manager != NULL) assert_int_equal(yata_undo_depth(manager, YATA_STACK_UNDO), 1);
    yata_doc_destroy(doc);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_commit_that_would_take_too_long_leaves_the_transaction_open),
      cmocka_unit_test(steps_are_told_with_what_is_kept_beside_them),
      cmocka_unit_test(a_transaction_that_is_not_to_be_captured_is_none),
      cmocka_unit_test(what_is_not_to_be_deleted_stays),
      cmocka_unit_test(a_manager_needs_types_that_are_there),
      cmocka_unit_test(what_is_forgotten_is_split_off),
      cmocka_unit_test(what_is_forgotten_without_memory_stays_whole),
      cmocka_unit_test(a_new_root_is_a_step_of_the_whole_document),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
