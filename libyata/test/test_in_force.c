/* SPDX-License-Identifier: MIT */
/* The attributes in force where a formatted text was edited last are remembered. Beside that document stands one that
 * walks from the start for each edit, since an edit that is taken back comes before: both must write the same. */
#include "random.h"

#define STEPS 1500

struct edit {
  uint32_t what, at, count, first, second; /* the last two choose attributes */
};

struct side {
  yata_doc *doc;
  yata_type text;
};

static yata_any json(const char *s) {
  yata_any value = {.kind = YATA_ANY_JSON};
  value.u.bytes.data = (const uint8_t *)s;
  value.u.bytes.len = strlen(s);
  return value;
}

static yata_any_entry attribute(uint32_t n) {
  static const char *const keys[] = {"bold", "italic", "link"};
  static const char *const values[] = {"true", "null", "null", "true", "{\"href\":\"x\"}"};
  const char *key = keys[n % 3];
  return (yata_any_entry){.key = {(const uint8_t *)key, strlen(key)}, .value = json(values[n / 3 % 5])};
}

static void apply(struct side s, const struct edit *e) {
  static const char *const pieces[] = {"a", "bc", "é", "\n", "words"};
  const char *piece = pieces[e->second % 5];
  const yata_any_entry entries[] = {attribute(e->first), attribute(e->second)};
  yata_any as = {.kind = YATA_ANY_OBJECT};
  as.u.object.entries = entries;
  as.u.object.len = e->first % 3 == e->second % 3 ? 1 : 2;
  const yata_text_op ops[] = {
      {.kind = YATA_TEXT_RETAIN, .len = e->at},
      {.kind = YATA_TEXT_DELETE, .len = e->count},
      {.kind = YATA_TEXT_INSERT, .text = {(const uint8_t *)piece, strlen(piece)}, .attributes = &as},
      {.kind = YATA_TEXT_RETAIN, .len = e->count, .attributes = &as},
  };
  switch (e->what) {
  case 0: assert_ok(yata_text_insert(s.doc, s.text, e->at, piece, strlen(piece))); break;
  case 1: assert_ok(yata_text_insert_with(s.doc, s.text, e->at, piece, strlen(piece), &as)); break;
  case 2: assert_ok(yata_text_format(s.doc, s.text, e->at, e->count, &as)); break;
  case 3: assert_ok(yata_text_delete(s.doc, s.text, e->at, e->count)); break;
  default: assert_ok(yata_text_apply_delta(s.doc, s.text, ops + (e->at == 0), 3u + (e->at > 0 && below(2) > 0)));
  }
}

static void commit(struct side s, const struct edit *e, yata_buf *update) {
  yata_buf_clear(update);
  assert_ok(yata_txn_begin(s.doc));
  apply(s, e);
  assert_ok(yata_txn_commit(s.doc, update));
}

/* Most are near the one before, as people edit. */
static struct edit choose(struct side s, uint32_t *cursor) {
  uint32_t n, r = below(100);
  assert_ok(yata_text_length(s.doc, s.text, &n));
  if (below(10) == 0) *cursor = below(n + 1);
  uint32_t at = *cursor + below(5), back = below(4);
  at = at > back ? at - back : 0;
  struct edit e = {.at = at < n ? at : n, .first = below(15), .second = below(15)};
  e.what = r < 35 ? 0 : r < 50 ? 1 : r < 65 ? 2 : r < 75 ? 3 : 4;
  e.count = 1 + below(below(4) > 0 ? 4 : 12);
  if (e.count > n - e.at) e.count = n - e.at;
  if (e.count == 0) e.what = 0;
  *cursor = e.at + (e.what < 2);
  return e;
}

static struct side begin(uint64_t client, bool keep_deleted) {
  yata_options o = {.client_id = client, .keep_deleted = keep_deleted};
  struct side s;
  assert_ok(yata_doc_create(&o, &s.doc));
  assert_ok(yata_text(s.doc, "t", &s.text));
  return s;
}

static void forget(struct side s) {
  assert_ok(yata_txn_begin(s.doc));
  assert_ok(yata_text_insert(s.doc, s.text, 0, "x", 1));
  yata_txn_abort(s.doc);
}

static void edit_all(struct side known, struct side walked, struct side other, uint32_t *cursor) {
  yata_buf a = YATA_BUF_INIT, b = YATA_BUF_INIT;
  struct edit e = choose(known, cursor);
  uint32_t random = random_state;
  commit(known, &e, &a);
  random_state = random;
  forget(walked);
  commit(walked, &e, &b);
  assert_int_equal(a.len, b.len);
  if (a.len > 0) assert_memory_equal(a.data, b.data, a.len);
  if (a.len > 0) assert_ok(yata_apply_update(other.doc, a.data, a.len, NULL));
  if (below(6) == 0) {
    e = choose(other, cursor);
    commit(other, &e, &b);
    if (b.len > 0) assert_ok(yata_apply_update(known.doc, b.data, b.len, NULL));
    if (b.len > 0) assert_ok(yata_apply_update(walked.doc, b.data, b.len, NULL));
  }
  yata_buf_deinit(&a);
  yata_buf_deinit(&b);
}

static void edits_write_what_they_write_after_a_walk(void **state) {
  (void)state;
  for (int round = 0; round < 2; round++) {
    struct side known = begin(300, round % 2), walked = begin(300, round % 2), other = begin(7, false);
    uint32_t cursor = 0;
    for (int i = 0; i < STEPS; i++) {
      edit_all(known, walked, other, &cursor);
      if (i % 50 == 0) assert_same(known.doc, walked.doc);
    }
    assert_same(known.doc, walked.doc);
    yata_doc_destroy(known.doc);
    yata_doc_destroy(walked.doc);
    yata_doc_destroy(other.doc);
  }
}

/* Here nothing is compared with what is taken back each time: a format that was is in force nowhere. */
static void formats_that_were_taken_back_are_not_in_force(void **state) {
  (void)state;
  yata_doc *docs[] = {new_doc(5), new_doc(5)};
  yata_type text;
  const yata_any_entry entry = attribute(0);
  yata_any bold = {.kind = YATA_ANY_OBJECT}, nothing = bold;
  bold.u.object.entries = &entry;
  bold.u.object.len = 1;
  for (int i = 0; i < 2; i++) {
    assert_ok(yata_text(docs[i], "t", &text));
    insert(docs[i], text, 0, "0123456789");
    assert_ok(yata_txn_begin(docs[i]));
    assert_ok(yata_text_format(docs[i], text, 8, 2, &bold));
    assert_ok(yata_txn_commit(docs[i], NULL));
    assert_ok(yata_txn_begin(docs[i]));
    if (i == 0) {
      assert_ok(yata_text_format(docs[i], text, 0, 5, &bold));
      assert_ok(yata_text_delete(docs[i], text, 2, 1));
    }
    yata_txn_abort(docs[i]);
    assert_ok(yata_txn_begin(docs[i]));
    assert_ok(yata_text_insert_with(docs[i], text, 2, "x", 1, &nothing));
    assert_ok(yata_txn_commit(docs[i], NULL));
  }
  assert_same(docs[0], docs[1]);
  yata_doc_destroy(docs[0]);
  yata_doc_destroy(docs[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(formats_that_were_taken_back_are_not_in_force),
                                     cmocka_unit_test(edits_write_what_they_write_after_a_walk)};
  return cmocka_run_group_tests(tests, seed, NULL);
}
