/* SPDX-License-Identifier: MIT */
/* Positions in long lists, where a tree finds them, while edits, updates, aborts and failing memory
 * change the lists. yata_doc_check compares every tree with its list. */
#include "failing.h"
#include "random.h"

#define LONG 12000

static void insert_n(yata_doc *doc, yata_type text, uint32_t index, const char *s, size_t n, yata_buf *update) {
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text_insert(doc, text, index, s, n));
  assert_ok(yata_txn_commit(doc, update));
}

static size_t live(const yata_doc *doc) {
  yata_stats stats;
  yata_doc_stats(doc, &stats);
  return stats.live_bytes;
}

/* A text of many items: every other insertion goes in front. */
static yata_type fragmented(yata_doc *doc, uint32_t count) {
  yata_type text;
  assert_ok(yata_text(doc, "t", &text));
  for (uint32_t i = 0; i < count; i++) insert_n(doc, text, below(i + 1), &"abcdefghij"[i % 10], 1, NULL);
  return text;
}

static void random_edits_of_a_long_text_agree_with_an_array(void **state) {
  (void)state;
  static char model[LONG + 1];
  uint32_t n = 0;
  yata_doc *doc = new_doc(1), *other = new_doc(2);
  yata_type text, same;
  yata_buf update = YATA_BUF_INIT;
  assert_ok(yata_text(doc, "t", &text));
  assert_ok(yata_text(other, "t", &same));
  for (int step = 0; step < 9000; step++) {
    /* Now one replica edits and now the other, so that both have trees when updates come. */
    yata_doc *from = step % 2 ? doc : other, *to = step % 2 ? other : doc;
    yata_type at_type = step % 2 ? text : same;
    uint32_t at = below(n + 1), count = 1 + below(3);
    yata_buf_clear(&update);
    if (n < LONG - 4 && below(100) < (step < 6000 ? 90 : 20)) {
      char piece[3] = {(char)('a' + below(26)), (char)('a' + below(26)), (char)('a' + below(26))};
      memmove(model + at + count, model + at, n - at);
      memcpy(model + at, piece, count);
      n += count;
      insert_n(from, at_type, at, piece, count, &update);
    } else {
      count = below(50) == 0 ? 400 : count;
      if (count > n - at) count = n - at;
      memmove(model + at, model + at + count, n - at - count);
      n -= count;
      assert_ok(yata_txn_begin(from));
      assert_ok(yata_text_delete(from, at_type, at, count));
      assert_ok(yata_txn_commit(from, &update));
    }
    model[n] = 0;
    if (update.len > 0) assert_ok(yata_apply_update(to, update.data, update.len, NULL));
    if (step % 64 == 0 || step > 8900) {
      assert_text(doc, text, model);
      assert_text(other, same, model);
    }
  }
  assert_same(doc, other);
  yata_buf_deinit(&update);
  yata_doc_destroy(doc);
  yata_doc_destroy(other);
}

/* Its items take more than 8 MB, which are kept apart from what is smaller, and grow and are given back there. */
static void a_text_of_many_thousands_of_items_grows_and_goes(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1), *copy = new_doc(2);
  yata_buf whole = YATA_BUF_INIT;
  yata_type text = fragmented(doc, 170000), same;
  assert_ok(yata_doc_check(doc));
  assert_ok(yata_encode_state_as_update(doc, NULL, 0, &whole));
  assert_ok(yata_apply_update(copy, whole.data, whole.len, NULL));
  assert_ok(yata_text(copy, "t", &same));
  for (uint32_t i = 0; i < 10000; i++) {
    yata_buf_clear(&whole);
    if (i % 2) {
      assert_ok(yata_txn_begin(copy));
      assert_ok(yata_text_delete(copy, same, below(169990), 1));
      assert_ok(yata_txn_commit(copy, &whole));
    } else {
      insert_n(copy, same, below(170000), &"xyz"[i % 3], 1, &whole);
    }
    assert_ok(yata_apply_update(doc, whole.data, whole.len, NULL));
  }
  assert_ok(yata_doc_check(copy));
  assert_same(doc, copy);
  yata_buf_clear(&whole);
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text_delete(doc, text, 0, 170000));
  assert_ok(yata_txn_commit(doc, &whole));
  assert_ok(yata_apply_update(copy, whole.data, whole.len, NULL));
  assert_ok(yata_doc_check(copy));
  assert_same(doc, copy);
  yata_buf_deinit(&whole);
  yata_doc_destroy(doc);
  yata_doc_destroy(copy);
}

static void array_elements_are_found_by_index(void **state) {
  (void)state;
  static double model[3000];
  yata_doc *doc = new_doc(1);
  yata_type array;
  yata_value value;
  uint32_t n = 0;
  assert_ok(yata_array(doc, "a", &array));
  for (int step = 0; step < 3000; step++) {
    uint32_t at = below(n + 1);
    assert_ok(yata_txn_begin(doc));
    if (step % 5 < 4) {
      yata_any v = yata_any_number(step);
      memmove(model + at + 1, model + at, (n - at) * sizeof(*model));
      model[at] = step;
      n++;
      assert_ok(yata_array_insert(doc, array, at, &v, 1));
    } else if (at < n) {
      n--;
      memmove(model + at, model + at + 1, (n - at) * sizeof(*model));
      assert_ok(yata_array_delete(doc, array, at, 1));
    }
    assert_ok(yata_txn_commit(doc, NULL));
    if (n == 0) continue;
    at = below(n);
    assert_ok(yata_array_get(doc, array, at, &value));
    assert_true(value.any.u.number == model[at]);
    yata_value_deinit(&value);
    if (step % 16 == 0) assert_ok(yata_doc_check(doc));
  }
  for (uint32_t i = 0; i < n; i++) {
    assert_ok(yata_array_get(doc, array, i, &value));
    assert_true(value.any.u.number == model[i]);
    yata_value_deinit(&value);
  }
  yata_doc_destroy(doc);
}

static void a_tree_is_made_when_a_position_is_asked_for(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1), *copy = new_doc(2);
  yata_buf whole = YATA_BUF_INIT;
  fragmented(doc, 2000);
  assert_ok(yata_encode_state_as_update(doc, NULL, 0, &whole));
  assert_ok(yata_apply_update(copy, whole.data, whole.len, NULL));
  yata_type text;
  assert_ok(yata_text(copy, "t", &text));
  size_t before = live(copy);
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_text_read(copy, text, &out));
  assert_int_equal(live(copy), before);
  /* An edit that is taken back leaves the tree, as it was before the edit. */
  assert_ok(yata_txn_begin(copy));
  assert_ok(yata_text_insert(copy, text, 1000, "x", 1));
  assert_true(live(copy) > before + 4000);
  assert_ok(yata_doc_check(copy));
  yata_txn_abort(copy);
  assert_state(copy, whole.data, whole.len);
  assert_true(live(copy) > before + 4000);
  insert(copy, text, 1000, "x");
  assert_ok(yata_doc_check(copy));
  yata_buf_deinit(&out);
  yata_buf_deinit(&whole);
  yata_doc_destroy(doc);
  yata_doc_destroy(copy);
}

static void aborted_edits_leave_positions_right(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type text = fragmented(doc, 1500);
  yata_buf before = YATA_BUF_INIT;
  for (int round = 0; round < 60; round++) {
    uint32_t n;
    assert_ok(yata_text_length(doc, text, &n));
    yata_buf_clear(&before);
    assert_ok(yata_encode_state_as_update(doc, NULL, 0, &before));
    assert_ok(yata_txn_begin(doc));
    for (uint32_t i = 0; i < 20; i++) {
      assert_ok(yata_text_insert(doc, text, below(n), "zz", 2));
      assert_ok(yata_text_delete(doc, text, below(n), 2));
    }
    assert_ok(yata_doc_check(doc));
    yata_txn_abort(doc);
    assert_state(doc, before.data, before.len);
    insert(doc, text, below(n), "y");
    erase(doc, text, below(n - 9), 1 + below(9));
    assert_ok(yata_doc_check(doc));
  }
  yata_buf_deinit(&before);
  yata_doc_destroy(doc);
}

/* Whatever allocation fails, the edit is done or undone, and positions are right afterwards. */
static void edits_bear_every_allocation_that_fails(void **state) {
  (void)state;
  yata_doc *source = new_doc(5), *remote = new_doc(6);
  yata_buf whole = YATA_BUF_INIT, more = YATA_BUF_INIT, old = YATA_BUF_INIT;
  bool done = false;
  fragmented(source, 400);
  assert_ok(yata_encode_state_as_update(source, NULL, 0, &whole));
  assert_ok(yata_apply_update(remote, whole.data, whole.len, NULL));
  yata_type text;
  assert_ok(yata_text(remote, "t", &text));
  for (int i = 0; i < 40; i++) insert_n(remote, text, 5 * (uint32_t)i, "r", 1, NULL);
  assert_ok(yata_encode_state_as_update(remote, NULL, 0, &more));
  for (long n = 1; !done; n++) {
    struct failing f = {-1, 0};
    yata_allocator alloc = {failing_resize, &f};
    yata_options o = {.client_id = 7, .alloc = &alloc};
    yata_doc *doc;
    assert_ok(yata_doc_create(&o, &doc));
    assert_ok(yata_apply_update(doc, whole.data, whole.len, NULL));
    assert_ok(yata_text(doc, "t", &text));
    if (n % 2) insert(doc, text, 200, "first");
    yata_buf_clear(&old);
    assert_ok(yata_encode_state_as_update(doc, NULL, 0, &old));
    f.countdown = n;
    int err = yata_txn_begin(doc);
    for (uint32_t i = 0; err == 0 && i < 40; i++) err = yata_text_insert(doc, text, 7 * i + 100, "xyz", 3);
    if (err == 0) err = yata_text_delete(doc, text, 50, 120);
    if (err == 0) err = yata_txn_commit(doc, NULL);
    if (err < 0) {
      f.countdown = -1;
      assert_int_equal(err, YATA_ERR_NOMEM);
      assert_ok(yata_doc_check(doc));
      yata_txn_abort(doc);
      assert_state(doc, old.data, old.len);
    } else {
      err = yata_apply_update(doc, more.data, more.len, NULL);
    }
    done = f.countdown > 0;
    f.countdown = -1;
    assert_ok(yata_doc_check(doc));
    assert_ok(yata_apply_update(doc, more.data, more.len, NULL));
    insert(doc, text, 222, "last");
    assert_ok(yata_doc_check(doc));
    yata_doc_destroy(doc);
    assert_int_equal(f.live, 0);
  }
  yata_buf_deinit(&whole);
  yata_buf_deinit(&more);
  yata_buf_deinit(&old);
  yata_doc_destroy(source);
  yata_doc_destroy(remote);
}

/* Put three units in, or take one out. */
static int try_edit(yata_doc *doc, yata_type text, uint32_t index, bool in) {
  int err = yata_txn_begin(doc);
  if (err < 0) return err;
  err = in ? yata_text_insert(doc, text, index, "xyz", 3) : yata_text_delete(doc, text, index, 1);
  if (err == 0) err = yata_txn_commit(doc, NULL);
  if (err < 0) yata_txn_abort(doc);
  return err;
}

/* While it grows, the first allocation of each edit fails, then the second, until none does: a tree that cannot grow
 * goes. Edits are in the middle of items and between them. Each twice: what grew before the failure has grown, so that
 * the second time the next one fails. An edit with memory before makes the tree, if there is none. */
static void a_tree_that_cannot_grow_goes(void **state) {
  (void)state;
  struct failing f = {-1, 0};
  yata_allocator alloc = {failing_resize, &f};
  yata_options o = {.client_id = 7, .alloc = &alloc};
  yata_doc *doc;
  assert_ok(yata_doc_create(&o, &doc));
  yata_type text = fragmented(doc, 300);
  for (uint32_t i = 0; i < 2400; i++) {
    int err;
    uint32_t index = below(300 + i);
    insert(doc, text, below(300 + i), "q");
    for (long n = 2; f.countdown = n / 2, (err = try_edit(doc, text, index, i % 2 == 0)) < 0; n++) {
      assert_int_equal(err, YATA_ERR_NOMEM);
      assert_true(n < 200);
    }
    f.countdown = -1;
    assert_ok(yata_doc_check(doc));
  }
  yata_doc_destroy(doc);
  assert_int_equal(f.live, 0);
}

static void a_deleted_long_list_takes_its_tree_with_it(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type map, inner;
  assert_ok(yata_map(doc, "m", &map));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_map_set_type(doc, map, "k", 1, YATA_KIND_TEXT, &inner));
  assert_ok(yata_txn_commit(doc, NULL));
  for (uint32_t i = 0; i < 500; i++) insert_n(doc, inner, below(i + 1), "q", 1, NULL);
  assert_ok(yata_doc_check(doc));
  yata_any v = yata_any_number(1);
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_map_set(doc, map, "k", 1, &v));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_ok(yata_doc_check(doc));
  fragmented(doc, 500);
  assert_ok(yata_doc_check(doc));
  yata_doc_destroy(doc);
}

/* `count` insertions at random places, made elsewhere. */
static void write_elsewhere(const yata_doc *doc, uint32_t count, yata_buf *update) {
  yata_doc *other = new_doc(2);
  yata_buf all = YATA_BUF_INIT;
  yata_type text;
  uint32_t length;
  assert_ok(yata_encode_state_as_update(doc, NULL, 0, &all));
  assert_ok(yata_apply_update(other, all.data, all.len, NULL));
  assert_ok(yata_text(other, "t", &text));
  assert_ok(yata_txn_begin(other));
  for (uint32_t i = 0; i < count; i++) {
    assert_ok(yata_text_length(other, text, &length));
    assert_ok(yata_text_insert(other, text, below(length + 1), "xyz", 3));
  }
  assert_ok(yata_txn_commit(other, update));
  yata_buf_deinit(&all);
  yata_doc_destroy(other);
}

static void a_large_update_gives_up_the_tree_until_it_is_asked_for(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1), *loaded = new_doc(3);
  yata_type same;
  yata_buf all = YATA_BUF_INIT, small = YATA_BUF_INIT, large = YATA_BUF_INIT, read = YATA_BUF_INIT;
  (void)fragmented(doc, 1000);
  assert_ok(yata_encode_state_as_update(doc, NULL, 0, &all));
  assert_ok(yata_apply_update(loaded, all.data, all.len, NULL));
  assert_ok(yata_text(loaded, "t", &same));
  write_elsewhere(doc, 50, &small);
  size_t before = live(loaded);
  insert_n(loaded, same, 500, "i", 1, NULL);
  size_t tree = live(loaded) - before;
  assert_true(tree > 10000);
  assert_ok(yata_apply_update(loaded, small.data, small.len, NULL));
  assert_true(live(loaded) > before + tree);
  write_elsewhere(loaded, 1000, &large);
  assert_ok(yata_apply_update(loaded, large.data, large.len, NULL));
  size_t grown = live(loaded);
  assert_ok(yata_doc_check(loaded));
  insert_n(loaded, same, 1234, "-here-", 6, NULL);
  assert_true(live(loaded) > grown + tree / 2);
  assert_ok(yata_doc_check(loaded));
  assert_ok(yata_text_read(loaded, same, &read));
  assert_memory_equal(read.data + 1234, "-here-", 6);
  yata_buf_deinit(&all);
  yata_buf_deinit(&small);
  yata_buf_deinit(&large);
  yata_buf_deinit(&read);
  yata_doc_destroy(doc);
  yata_doc_destroy(loaded);
}

/* A list that is noted before it gets a tree, when what was done to it is taken back, keeps the tree. */
static void a_tree_made_meanwhile_outlives_what_is_taken_back(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1), *loaded = new_doc(3);
  const yata_any v = yata_any_number(1);
  yata_buf all = YATA_BUF_INIT;
  yata_type text;
  (void)fragmented(doc, 1000);
  assert_ok(yata_encode_state_as_update(doc, NULL, 0, &all));
  assert_ok(yata_apply_update(loaded, all.data, all.len, NULL));
  assert_ok(yata_text(loaded, "t", &text));
  assert_ok(yata_txn_begin(loaded));
  assert_ok(yata_map_set(loaded, text, "key", 3, &v));
  assert_ok(yata_text_insert(loaded, text, 500, "middle", 6));
  yata_txn_abort(loaded);
  assert_state(loaded, all.data, all.len);
  insert_n(loaded, text, 400, "-here-", 6, NULL);
  assert_ok(yata_doc_check(loaded));
  yata_buf_deinit(&all);
  yata_doc_destroy(doc);
  yata_doc_destroy(loaded);
}

/* Each of these units is an item of its own, in front of the one before. */
#define FRONT 1500

static yata_doc *with_front(yata_relpos *at) {
  yata_doc *doc = new_doc(1), *other = new_doc(2);
  yata_buf all = YATA_BUF_INIT;
  yata_type text;
  (void)fragmented(doc, 700); /* by now the handles of items are above their clocks */
  assert_ok(yata_encode_state_as_update(doc, NULL, 0, &all));
  assert_ok(yata_apply_update(other, all.data, all.len, NULL));
  assert_ok(yata_text(other, "t", &text));
  for (uint32_t i = 0; i < FRONT; i++) insert_n(other, text, 0, "f", 1, NULL);
  yata_buf_clear(&all);
  assert_ok(yata_encode_state_as_update(other, NULL, 0, &all));
  assert_ok(yata_apply_update(doc, all.data, all.len, NULL));
  for (uint32_t i = 0; i < FRONT; i++) assert_ok(yata_relpos_create(doc, text, FRONT - 1 - i, 0, &at[i]));
  yata_buf_deinit(&all);
  yata_doc_destroy(other);
  return doc;
}

static void assert_at(yata_doc *doc, const yata_relpos *pos) {
  yata_type text;
  uint32_t index;
  assert_ok(yata_relpos_resolve(doc, pos, false, &text, &index));
  assert_int_equal(index, FRONT - 1 - pos->item.clock);
}

/* A unit is looked for around where the last one was found: it is found whether it is there or not. */
static void units_are_found_near_others_and_far_from_them(void **state) {
  (void)state;
  static yata_relpos at[FRONT];
  yata_doc *doc = with_front(at);
  for (uint32_t i = 0; i < FRONT; i++) {
    for (uint32_t near = i < 20 ? 0 : i - 20; near < FRONT && near < i + 20; near++) {
      assert_at(doc, &at[i]);
      assert_at(doc, &at[near]);
    }
    assert_at(doc, &at[below(FRONT)]);
  }
  for (uint32_t i = 0; i < FRONT; i++) yata_relpos_deinit(&at[i]);
  yata_doc_destroy(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(random_edits_of_a_long_text_agree_with_an_array, seed),
      cmocka_unit_test_setup(a_text_of_many_thousands_of_items_grows_and_goes, seed),
      cmocka_unit_test_setup(array_elements_are_found_by_index, seed),
      cmocka_unit_test_setup(a_tree_is_made_when_a_position_is_asked_for, seed),
      cmocka_unit_test_setup(aborted_edits_leave_positions_right, seed),
      cmocka_unit_test_setup(edits_bear_every_allocation_that_fails, seed),
      cmocka_unit_test_setup(a_tree_that_cannot_grow_goes, seed),
      cmocka_unit_test_setup(a_large_update_gives_up_the_tree_until_it_is_asked_for, seed),
      cmocka_unit_test_setup(a_tree_made_meanwhile_outlives_what_is_taken_back, seed),
      cmocka_unit_test_setup(units_are_found_near_others_and_far_from_them, seed),
      cmocka_unit_test_setup(a_deleted_long_list_takes_its_tree_with_it, seed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
