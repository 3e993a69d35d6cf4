/* SPDX-License-Identifier: MIT */
/* What belongs to one step of an undo manager: many separate runs, of several clients, that came in any order. */
#include "random.h"

#define LONG 3000

static const char typist;

static yata_undo_manager *manager_of(yata_doc *doc) {
  static const void *const origins[] = {&typist};
  const yata_undo_options options = {.origins = origins, .n_origins = 1};
  yata_undo_manager *m;
  assert_ok(yata_undo_create(doc, &options, &m));
  return m;
}

/* A text of items of several clients in turn, whose clocks do not follow its order. */
static yata_doc *of_many(yata_type *text, uint32_t clients) {
  yata_doc *doc = new_doc(1);
  yata_buf update = YATA_BUF_INIT;
  assert_ok(yata_text(doc, "t", text));
  for (uint32_t n = 0; n < LONG;) {
    yata_doc *other = new_doc(2 + below(clients));
    yata_type same;
    assert_ok(yata_text(other, "t", &same));
    yata_buf_clear(&update);
    assert_ok(yata_encode_state_as_update(doc, NULL, 0, &update));
    assert_ok(yata_apply_update(other, update.data, update.len, NULL));
    for (uint32_t i = 0; i < 100; i++, n += 3) insert(other, same, below(n + 1), "abc");
    yata_buf_clear(&update);
    assert_ok(yata_encode_state_as_update(other, NULL, 0, &update));
    assert_ok(yata_apply_update(doc, update.data, update.len, NULL));
    yata_doc_destroy(other);
  }
  yata_buf_deinit(&update);
  return doc;
}

static uint32_t length(const yata_doc *doc, yata_type text) {
  uint32_t n;
  assert_ok(yata_text_length(doc, text, &n));
  return n;
}

static char *read(const yata_doc *doc, yata_type text) {
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_doc_check(doc));
  assert_ok(yata_text_read(doc, text, &out));
  char *s = malloc(out.len + 1);
  assert_non_null(s);
  memcpy(s, out.data, out.len);
  s[out.len] = 0;
  yata_buf_deinit(&out);
  return s;
}

/* Delete runs of one or two units, one in `every` of them, in one transaction of the typist. */
static void thin_out(yata_doc *doc, yata_type text, uint32_t every) {
  const yata_cause cause = {&typist, 100};
  assert_ok(yata_txn_begin_as(doc, &cause));
  for (uint32_t at = length(doc, text); at-- > 2;) {
    if (below(every) != 0) continue;
    assert_ok(yata_text_delete(doc, text, at - 1, 1 + below(2)));
    at--;
  }
  assert_ok(yata_txn_commit(doc, NULL));
}

static void swap(yata_doc *doc, yata_undo_manager *m, bool back, yata_type text, const char *expected) {
  bool done;
  assert_ok(back ? yata_undo_undo(m, 100, NULL, &done) : yata_undo_redo(m, 100, NULL, &done));
  assert_true(done);
  assert_text(doc, text, expected);
}

static void one_step_takes_up_runs_of_many_transactions(void **state) {
  (void)state;
  for (uint32_t round = 0; round < 4; round++) {
    yata_type text;
    yata_doc *doc = of_many(&text, 1 + round * 3);
    yata_undo_manager *m = manager_of(doc);
    char *before = read(doc, text);
    for (uint32_t every = 40; every > 2; every /= 2) thin_out(doc, text, every);
    char *after = read(doc, text);
    assert_int_equal(yata_undo_depth(m, YATA_STACK_UNDO), 1);
    assert_true(strlen(after) < strlen(before) * 3 / 4);
    swap(doc, m, true, text, before);
    swap(doc, m, false, text, after);
    swap(doc, m, true, text, before);
    free(before);
    free(after);
    yata_doc_destroy(doc);
  }
}

/* More runs than a byte counts. */
static void many_runs_of_one_client_are_one_step(void **state) {
  (void)state;
  yata_type text;
  yata_doc *doc = new_doc(1);
  assert_ok(yata_text(doc, "t", &text));
  for (uint32_t i = 0; i < 2000; i++) insert(doc, text, i, i % 2 ? "x" : "o");
  for (uint32_t i = 0; i < 1000; i++) erase(doc, text, i + 1, 1);
  yata_undo_manager *m = manager_of(doc);
  char *before = read(doc, text);
  assert_int_equal(strlen(before), 1000);
  const yata_cause cause = {&typist, 100};
  assert_ok(yata_txn_begin_as(doc, &cause));
  assert_ok(yata_text_delete(doc, text, 0, 1000));
  assert_ok(yata_txn_commit(doc, NULL));
  swap(doc, m, true, text, before);
  swap(doc, m, false, text, "");
  free(before);
  yata_doc_destroy(doc);
}

static void transactions_without_a_time_are_steps_of_their_own(void **state) {
  (void)state;
  static const uint64_t times[] = {0, 0, 100, 200, 0, 50};
  static const size_t depths[] = {1, 2, 3, 3, 3, 4};
  yata_type text;
  yata_doc *doc = new_doc(1);
  assert_ok(yata_text(doc, "t", &text));
  yata_undo_manager *m = manager_of(doc);
  for (uint32_t i = 0; i < 6; i++) {
    const yata_cause cause = {&typist, times[i]};
    assert_ok(yata_txn_begin_as(doc, &cause));
    assert_ok(yata_text_insert(doc, text, i, "x", 1));
    assert_ok(yata_txn_commit(doc, NULL));
    assert_int_equal(yata_undo_depth(m, YATA_STACK_UNDO), depths[i]);
  }
  yata_doc_destroy(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_step_takes_up_runs_of_many_transactions),
      cmocka_unit_test(many_runs_of_one_client_are_one_step),
      cmocka_unit_test(transactions_without_a_time_are_steps_of_their_own),
  };
  return cmocka_run_group_tests(tests, seed, NULL);
}
