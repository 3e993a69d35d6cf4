/* SPDX-License-Identifier: MIT */
/* What people type, on its short path, beside a document that goes the general way: somebody observes it. */
#include "failing.h"
#include "random.h"

struct twins {
  yata_doc *quick, *general;
  yata_type a, b;
  uint32_t cursor, edits;
  bool ascii;    /* nothing else is typed */
  yata_buf room; /* where updates go that find room there */
};

static void ignore(void *user, const yata_txn_event *txn) {
  (void)txn;
  ++*(uint32_t *)user;
}

static uint32_t length(const struct twins *t) {
  uint32_t n;
  assert_ok(yata_text_length(t->quick, t->a, &n));
  return n;
}

/* One edit as people make them: typing, back space, delete, and now and then elsewhere. */
static void edit(struct twins *t, yata_doc *doc, yata_type text, uint32_t what, uint32_t at, uint32_t more) {
  static const char *const pieces[] = {"a", "b", "é", "😀", "words", "漢"};
  const char *s = pieces[t->ascii ? more % 2 : more % 6];
  if (what == 0)
    assert_ok(yata_text_insert(doc, text, at, s, strlen(s)));
  else
    assert_ok(yata_text_delete(doc, text, at, what));
}

static void choose(struct twins *t, uint32_t *what, uint32_t *at) {
  uint32_t n = length(t), r = below(100);
  if (t->cursor > n || r < 8) t->cursor = below(n + 1);
  *what = r < 60 || n == 0 ? 0 : 1 + (r > 95 ? below(4) : 0);
  if (*what > n) *what = n;
  *at = t->cursor;
  if (*what > 0 && r < 85 && *at >= *what) *at -= *what; /* back space */
  if (*what > n - *at) *at = n - *what;
}

/* Into a buffer that has room, or none, or, where the update is not wanted, nowhere. */
static void commit_both(struct twins *t) {
  yata_buf none = YATA_BUF_INIT, b = YATA_BUF_INIT, *a = below(8) > 0 ? &t->room : &none;
  bool wanted = below(16) > 0;
  yata_buf_clear(&t->room);
  assert_ok(yata_txn_commit(t->quick, wanted ? a : NULL));
  assert_ok(yata_txn_commit(t->general, &b));
  if (wanted) assert_int_equal(a->len, b.len);
  if (a->len > 0) assert_memory_equal(a->data, b.data, a->len);
  yata_buf_deinit(&none);
  yata_buf_deinit(&b);
  assert_ok(yata_doc_check(t->quick));
}

static void step(struct twins *t, uint32_t edits) {
  assert_ok(yata_txn_begin(t->quick));
  assert_ok(yata_txn_begin(t->general));
  while (edits-- > 0) {
    uint32_t what, at, more = below(6), before = length(t);
    choose(t, &what, &at);
    edit(t, t->quick, t->a, what, at, more);
    edit(t, t->general, t->b, what, at, more);
    t->cursor = what > 0 ? at : at + (length(t) - before);
  }
  commit_both(t);
}

static void start(struct twins *t, bool keep_deleted) {
  yata_options o = {.client_id = 300, .keep_deleted = keep_deleted};
  uint32_t id;
  *t = (struct twins){0};
  assert_ok(yata_doc_create(&o, &t->quick));
  assert_ok(yata_doc_create(&o, &t->general));
  assert_ok(yata_text(t->quick, "t", &t->a));
  assert_ok(yata_text(t->general, "t", &t->b));
  assert_ok(yata_observe_txn(t->general, ignore, &t->edits, &id));
}

static void stop(struct twins *t) {
  assert_same(t->quick, t->general);
  assert_true(t->edits > 0);
  yata_buf_deinit(&t->room);
  yata_doc_destroy(t->quick);
  yata_doc_destroy(t->general);
}

static void typing_gives_the_updates_of_the_general_way(void **state) {
  struct twins t;
  (void)state;
  for (int keep = 0; keep < 4; keep++) {
    start(&t, keep % 2);
    t.ascii = keep > 1;
    for (int i = 0; i < 2500; i++) {
      step(&t, i % 10 == 9 ? 3 : 1);
      if (i % 100 == 0) assert_same(t.quick, t.general);
    }
    stop(&t);
  }
}

static void what_was_typed_can_be_taken_back(void **state) {
  struct twins t;
  yata_buf before = YATA_BUF_INIT;
  (void)state;
  for (int keep = 0; keep < 4; keep++) {
    start(&t, keep % 2);
    t.ascii = keep > 1;
    for (int i = 0; i < 1500; i++) {
      step(&t, 1);
      if (below(3) > 0) continue;
      yata_buf_clear(&before);
      assert_ok(yata_encode_state_as_update(t.quick, NULL, 0, &before));
      assert_ok(yata_txn_begin(t.quick));
      for (uint32_t n = 1 + below(4), what, at; n > 0; n--) {
        choose(&t, &what, &at);
        edit(&t, t.quick, t.a, what, at, below(6));
      }
      yata_txn_abort(t.quick);
      assert_state(t.quick, before.data, before.len);
    }
    stop(&t);
  }
  yata_buf_deinit(&before);
}

/* Somebody else types right where, or right before where, the next key goes. */
static void what_comes_between_two_keys_is_seen(void **state) {
  struct twins t;
  yata_options o = {.client_id = 7};
  yata_doc *other;
  yata_type text;
  yata_buf update = YATA_BUF_INIT, all = YATA_BUF_INIT;
  (void)state;
  start(&t, false);
  t.ascii = true;
  assert_ok(yata_doc_create(&o, &other));
  assert_ok(yata_text(other, "t", &text));
  for (uint32_t i = 0; i < 1500; i++) {
    step(&t, 1);
    if (below(3) > 0) continue;
    yata_buf_clear(&all);
    assert_ok(yata_encode_state_as_update(t.quick, NULL, 0, &all));
    assert_ok(yata_apply_update(other, all.data, all.len, NULL));
    uint32_t n = length(&t), at = t.cursor <= n ? t.cursor : n, erase = below(3) == 0 && at > 0;
    yata_buf_clear(&update);
    assert_ok(yata_txn_begin(other));
    edit(&t, other, text, erase, erase ? at - 1 : at - (at > 0 && below(2) > 0), 0);
    assert_ok(yata_txn_commit(other, &update));
    assert_ok(yata_apply_update(t.quick, update.data, update.len, NULL));
    assert_ok(yata_apply_update(t.general, update.data, update.len, NULL));
    assert_same(t.quick, t.general);
  }
  stop(&t);
  yata_doc_destroy(other);
  yata_buf_deinit(&update);
  yata_buf_deinit(&all);
}

/* An observer comes and goes: while it is there, all goes the general way. */
static void somebody_observes_for_a_while(void **state) {
  struct twins t;
  uint32_t told = 0, id;
  (void)state;
  for (int keep = 0; keep < 2; keep++) {
    start(&t, keep);
    t.ascii = true;
    for (int i = 0; i < 300; i++) {
      for (uint32_t n = below(6); n > 0; n--) step(&t, 1);
      assert_ok(yata_observe_txn(t.quick, ignore, &told, &id));
      uint32_t n = below(3), before = told;
      for (uint32_t j = 0; j < n; j++) step(&t, 1);
      assert_int_equal(told - before, n);
      yata_unobserve(t.quick, id);
    }
    stop(&t);
  }
  assert_true(told > 0);
}

/* Somebody asks for a position, between keys or after one: the next key goes where it goes all the same. */
static void positions_are_asked_for_between_keys(void **state) {
  struct twins t;
  yata_relpos pos = {0};
  (void)state;
  for (int keep = 0; keep < 4; keep++) {
    start(&t, keep % 2);
    t.ascii = keep > 1;
    for (int i = 0; i < 2500; i++) {
      step(&t, 1);
      if (below(3) > 0) continue;
      assert_ok(yata_relpos_create(t.quick, t.a, below(length(&t) + 1), 0, &pos));
      if (below(3) == 0) t.cursor = below(length(&t) + 1);
    }
    stop(&t);
  }
  yata_relpos_deinit(&pos);
}

/* The same edit in both; what == 0: insert the letter, else delete so much. */
static void both(struct twins *t, uint32_t what, uint32_t at, uint32_t letter) {
  assert_ok(yata_txn_begin(t->quick));
  assert_ok(yata_txn_begin(t->general));
  edit(t, t->quick, t->a, what, at, letter);
  edit(t, t->general, t->b, what, at, letter);
  commit_both(t);
}

/* So many that clocks get longer and shorter. */
static void long_rows_of_keys(void **state) {
  struct twins t;
  (void)state;
  for (int keep = 0; keep < 2; keep++) {
    start(&t, keep);
    for (uint32_t i = 0; i < 700; i++) both(&t, 0, i, 0);
    for (uint32_t i = 700; i > 5; i--) both(&t, 1, i - 1, 0);
    for (uint32_t i = 5; i < 700; i++) both(&t, 0, i, 1);
    for (uint32_t i = 700; i > 10; i--) both(&t, 1, 5, 0);
    stop(&t);
  }
}

/* Runs between deleted ones get shorter at both ends, in all places that a block of the client's index has. */
static void runs_get_shorter_at_both_ends(void **state) {
  enum { RUNS = 700, RUN = 6 };
  char text[RUNS * (RUN + 1)];
  struct twins t;
  (void)state;
  memset(text, 'x', sizeof(text));
  start(&t, false);
  assert_ok(yata_txn_begin(t.quick));
  assert_ok(yata_txn_begin(t.general));
  assert_ok(yata_text_insert(t.quick, t.a, 0, text, sizeof(text)));
  assert_ok(yata_text_insert(t.general, t.b, 0, text, sizeof(text)));
  commit_both(&t);
  for (uint32_t i = 0; i < RUNS; i++) both(&t, 1, i * RUN, 0);
  for (uint32_t i = RUNS; i-- > 0;) {
    both(&t, 1, i * RUN, 0);
    both(&t, 1, i * RUN, 0);
    both(&t, 1, i * RUN + 3, 0);
    both(&t, 1, i * RUN + 2, 0);
  }
  stop(&t);
}

/* Nothing can be typed behind the last clock that there is. */
static void typing_ends_with_the_last_clock(void **state) {
  /* One struct of client 300 from clock 0 on, deleted and collected; ten clocks are left. */
  static const uint8_t update[] = {1, 1, 0xac, 0x02, 0, 0, 0xf5, 0xff, 0xff, 0xff, 0x07, 0};
  struct twins t;
  (void)state;
  start(&t, false);
  assert_ok(yata_apply_update(t.quick, update, sizeof(update), NULL));
  assert_ok(yata_apply_update(t.general, update, sizeof(update), NULL));
  for (uint32_t i = 0; i < 10; i++) both(&t, 0, i, 0);
  assert_ok(yata_txn_begin(t.quick));
  assert_int_equal(yata_text_insert(t.quick, t.a, 10, "a", 1), YATA_ERR_LIMIT);
  yata_txn_abort(t.quick);
  stop(&t);
}

static void insertion_steps_past_a_long_row_of_deleted_runs(void **state) {
  struct twins t;
  (void)state;
  start(&t, false);
  for (uint32_t i = 0; i < 300; i++) {
    both(&t, 0, 0, i);
  }
  for (uint32_t end = 0; end < 2; end++) {
    uint32_t n = length(&t) / 2, at = end > 0 ? length(&t) - n : 0;
    both(&t, n, at, 4);
    both(&t, 0, at, 4);
  }
  stop(&t);
}

/* One of the things that may fail, and of which nothing is left then, but that other things have moved. */
static int try_one(yata_doc *doc, yata_type text, yata_type array, uint32_t end, uint32_t what) {
  static char many[5000];
  static const uint8_t binary[] = {1, 2, 3};
  yata_any v[32];
  for (uint32_t i = 0; i < 32; i++)
    v[i] = i % 2 == 0 ? yata_any_number(i) : (yata_any){.kind = YATA_ANY_BINARY, .u.bytes = {binary, sizeof(binary)}};
  memset(many, 'm', sizeof(many));
  switch (what) {
  case 0: return yata_array_insert(doc, array, 0, v, 32);
  case 1: return yata_text_delete(doc, text, 1, 1);
  case 2: return yata_text_insert(doc, text, end, many, sizeof(many));
  default: return yata_text_insert(doc, text, 1, "é", 2);
  }
}

struct keys {
  yata_doc *doc;
  yata_type text, array;
  bool erases; /* on the left of what was erased before */
  yata_buf room;
};

static void next_key(struct keys *k) {
  uint32_t n;
  assert_ok(yata_text_length(k->doc, k->text, &n));
  if (k->erases)
    assert_ok(yata_text_delete(k->doc, k->text, n - 3, 1));
  else
    assert_ok(yata_text_insert(k->doc, k->text, n, "k", 1));
}

static void commit_keys(struct keys *k) {
  yata_buf_clear(&k->room);
  assert_ok(yata_txn_commit(k->doc, &k->room));
}

static void press(struct keys *k, uint32_t n) {
  for (; n > 0; n--) {
    assert_ok(yata_txn_begin(k->doc));
    next_key(k);
    commit_keys(k);
  }
}

static void start_keys(struct keys *k, const yata_allocator *alloc, uint32_t n, bool erases) {
  const yata_options o = {.client_id = 5, .alloc = alloc};
  *k = (struct keys){0};
  assert_ok(yata_doc_create(&o, &k->doc));
  assert_ok(yata_text(k->doc, "t", &k->text));
  assert_ok(yata_array(k->doc, "a", &k->array));
  press(k, n);
  k->erases = erases;
  press(k, erases ? 3 : 0);
}

/* `n`: the allocation that fails, behind a key of the same transaction or before it. False: there are not so many. */
static bool keys_around_a_failure(uint32_t keys, uint32_t what, long n, bool erases, bool behind) {
  struct failing f = {-1, 0};
  const yata_allocator alloc = {failing_resize, &f};
  struct keys k, same;
  uint32_t end;
  start_keys(&k, &alloc, keys, erases);
  start_keys(&same, NULL, keys, erases);
  assert_ok(yata_txn_begin(k.doc));
  if (behind) next_key(&k);
  assert_ok(yata_text_length(k.doc, k.text, &end));
  f.countdown = n;
  int err = try_one(k.doc, k.text, k.array, end, what);
  bool failed = f.countdown == 0;
  f.countdown = -1;
  if (err < 0) {
    if (!behind) next_key(&k);
    commit_keys(&k);
    press(&same, 1);
    press(&k, 3);
    press(&same, 3);
    assert_same(k.doc, same.doc);
  }
  yata_buf_deinit(&k.room);
  yata_buf_deinit(&same.room);
  yata_doc_destroy(k.doc);
  yata_doc_destroy(same.doc);
  assert_int_equal(f.live, 0);
  return failed;
}

static void what_fails_between_keys_may_move_things(void **state) {
  (void)state;
  for (uint32_t keys = 12; keys < 30; keys++)
    for (uint32_t what = 0; what < 4; what++)
      for (int how = 0; how < 4; how++)
        for (long n = 1; keys_around_a_failure(keys, what, n, how % 2, how / 2);) n++;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(typing_gives_the_updates_of_the_general_way, seed),
      cmocka_unit_test_setup(what_was_typed_can_be_taken_back, seed),
      cmocka_unit_test_setup(what_comes_between_two_keys_is_seen, seed),
      cmocka_unit_test_setup(somebody_observes_for_a_while, seed),
      cmocka_unit_test_setup(positions_are_asked_for_between_keys, seed),
      cmocka_unit_test_setup(what_fails_between_keys_may_move_things, seed),
      cmocka_unit_test_setup(long_rows_of_keys, seed),
      cmocka_unit_test_setup(runs_get_shorter_at_both_ends, seed),
      cmocka_unit_test(typing_ends_with_the_last_clock),
      cmocka_unit_test(insertion_steps_past_a_long_row_of_deleted_runs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
