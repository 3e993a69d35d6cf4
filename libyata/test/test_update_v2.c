/* SPDX-License-Identifier: MIT */
/* Version 2 that is well formed, cut short, tampered with, and made to swell. */
#include <time.h>

#include "testing.h"

static void a_state_in_version_2_makes_the_same_document(void **state) {
  (void)state;
  yata_doc *doc = new_doc(5);
  yata_buf v1 = YATA_BUF_INIT;
  yata_applied a;
  assert_ok(yata_apply_update_v2(doc, FIXTURE(everything_v2), &a));
  assert_true(a.changed);
  assert_state(doc, FIXTURE(everything));
  assert_ok(yata_apply_update_v2(doc, FIXTURE(everything_v2), &a));
  assert_false(a.changed);
  assert_ok(yata_update_v2_to_v1(FIXTURE(everything_v2), &v1));
  assert_int_equal(v1.len, sizeof(fixture_everything));
  assert_memory_equal(v1.data, fixture_everything, v1.len);
  yata_buf_deinit(&v1);
  yata_doc_destroy(doc);
}

static void what_is_cut_short_is_refused(void **state) {
  (void)state;
  yata_doc *doc = new_doc(5);
  for (size_t n = 0; n < sizeof(fixture_everything_v2); n++) {
    /* A copy of just that size, so that reading past it is found out. */
    uint8_t *copy = malloc(n + (n == 0));
    memcpy(copy, fixture_everything_v2, n);
    assert_int_equal(yata_apply_update_v2(doc, copy, n, NULL), YATA_ERR_MALFORMED);
    free(copy);
  }
  assert_int_equal(yata_update_v2_to_v1(NULL, 0, &(yata_buf)YATA_BUF_INIT), YATA_ERR_MALFORMED);
  static const uint8_t empty[] = {0, 0};
  assert_state(doc, empty, 2);
  yata_doc_destroy(doc);
}

static void what_is_tampered_with_is_refused_or_well_formed(void **state) {
  (void)state;
  uint8_t copy[sizeof(fixture_everything_v2)];
  static const uint8_t bytes[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0x40};
  yata_buf v1 = YATA_BUF_INIT;
  for (size_t i = 0; i < sizeof(copy); i++) {
    for (size_t b = 0; b < sizeof(bytes); b++) {
      memcpy(copy, fixture_everything_v2, sizeof(copy));
      copy[i] = bytes[b];
      yata_buf_clear(&v1);
      yata_doc *doc = new_doc(5);
      int valid = yata_update_v2_to_v1(copy, sizeof(copy), &v1);
      size_t offset = 0;
      assert_int_equal(yata_update_validate_v2(copy, sizeof(copy), &offset), valid);
      assert_true((yata_update_explain_v2(copy, sizeof(copy), &offset) == NULL) == (valid == 0));
      assert_true(offset <= sizeof(copy));
      if (valid == 0)
        assert_ok(yata_update_validate(v1.data, v1.len, NULL));
      else
        assert_int_equal(v1.len, 0);
      int err = yata_apply_update_v2(doc, copy, sizeof(copy), NULL);
      assert_true(err == 0 || err == YATA_ERR_MALFORMED || err == YATA_ERR_LIMIT);
      assert_ok(yata_doc_check(doc));
      yata_doc_destroy(doc);
    }
  }
  yata_buf_deinit(&v1);
}

/* ---- a few bytes that state very much --------------------------------------------------------- */

#define BILLIONS 0x41, 0xff, 0xff, 0xff, 0xff, 7 /* a column: 1, very often */

/* 2^31 - 1 structs, every one of them a GC struct of length 1. */
static const uint8_t many_structs[] = {
    0,                                   /* flags */
    0, 1,        7,                      /* keys; the client */
    0, 0,        1,    0,                /* clocks; info: 0 for ever */
    0, 0,        0,                      /* strings, parents, types */
    6, BILLIONS,                         /* lengths */
    1, 0xff,     0xff, 0xff, 0xff, 7, 0, /* one client, that many structs, from clock 0 */
    0,                                   /* no deletions */
};

/* One struct of JSON content that has 2^31 - 1 values, which are empty strings. */
static const uint8_t many_values[] = {
    0,                                  /* flags */
    0, 1,    7,                         /* keys; the client */
    0, 0,    1,    2,                   /* clocks; info: JSON */
    4, 1,    'r',  1,    0,             /* strings: the root's name, then lengths of 0 for ever */
    1, 1,    0,                         /* the parent is a root; types */
    6, 0xbf, 0xff, 0xff, 0xff, 0xff, 7, /* lengths: once 2^31 - 1 */
    1, 1,    0,                         /* one client, one struct, from clock 0 */
    0,                                  /* no deletions */
};

/* No structs; 2^31 - 1 ranges of one client are deleted. */
static const uint8_t many_ranges[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 7, 0xff, 0xff, 0xff, 0xff, 7, 0, 0};

static double cpu_ms(void) {
  return (double)clock() * 1e3 / CLOCKS_PER_SEC;
}

#define REFUSED(call)                                                                                                  \
  do {                                                                                                                 \
    double from = cpu_ms();                                                                                            \
    assert_true(call);                                                                                                 \
    assert_true(cpu_ms() - from < 50);                                                                                 \
  } while (0)

/* Every function that takes an update refuses it in less than 50 ms, and takes hardly any memory. */
static void assert_refused_at_once(const uint8_t *bomb, size_t len) {
  static const uint8_t nothing[12] = {0}, no_ids[] = {0};
  const yata_slice two[] = {{nothing, sizeof(nothing)}, {bomb, len}};
  yata_doc *doc = new_doc(1);
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_update_validate_v2(nothing, sizeof(nothing), NULL));
  REFUSED(yata_apply_update_v2(doc, bomb, len, NULL) < 0);
  REFUSED(yata_update_validate_v2(bomb, len, NULL) < 0);
  REFUSED(yata_merge_updates_v2(two, 2, &out) < 0);
  REFUSED(yata_diff_update_v2(bomb, len, no_ids, 1, &out) < 0);
  REFUSED(yata_intersect_update_v2(bomb, len, no_ids, 1, &out) < 0);
  REFUSED(yata_update_state_vector_v2(bomb, len, &out) < 0);
  REFUSED(yata_update_v2_to_v1(bomb, len, &out) < 0);
  REFUSED(yata_update_detect(bomb, len) == 0);
  yata_stats stats;
  yata_doc_stats(doc, &stats);
  assert_true(out.cap < 1000000 && stats.live_bytes < 10000);
  assert_int_equal(stats.items, 0);
  yata_buf_deinit(&out);
  yata_doc_destroy(doc);
}

static void few_bytes_that_swell_are_refused(void **state) {
  (void)state;
  assert_refused_at_once(many_structs, sizeof(many_structs));
  assert_refused_at_once(many_values, sizeof(many_values));
  assert_refused_at_once(many_ranges, sizeof(many_ranges));
  assert_int_equal(yata_update_validate_v2(many_structs, sizeof(many_structs), NULL), YATA_ERR_LIMIT);
}

/* A million GC structs, which no writer leaves next to one another. */
static void gaps_without_bytes_are_refused(void **state) {
  (void)state;
  static const uint8_t bomb[] = {
      0, 0,    1,    7,    0, 0, 1, 0, 0, 0, 0, 5, 0x41, 0xbe, 0x84, 0x3d, 0, /* columns as above */
      1, 0xc0, 0x84, 0x3d, 0,                                                 /* a client, a million structs, clock 0 */
      0,
  };
  static const uint8_t empty[] = {0, 0};
  yata_doc *doc = new_doc(5);
  yata_stats stats;
  assert_int_equal(yata_update_validate_v2(bomb, sizeof(bomb), NULL), YATA_ERR_LIMIT);
  assert_int_equal(yata_apply_update_v2(doc, bomb, sizeof(bomb), NULL), YATA_ERR_LIMIT);
  assert_state(doc, empty, 2);
  yata_doc_stats(doc, &stats);
  assert_int_equal(stats.clients, 0);
  yata_doc_destroy(doc);
}

/* Each item was put before the one before, and all are gone: equal steps in every column, so few bytes. */
static void many_equal_deletions_load_again(void **state) {
  (void)state;
  yata_doc *doc = new_doc(5), *again = new_doc(6);
  yata_buf v2 = YATA_BUF_INIT;
  yata_type array;
  const yata_any value = yata_any_number(1);
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_array(doc, "list", &array));
  for (int i = 0; i < 100000; i++) assert_ok(yata_array_insert(doc, array, 0, &value, 1));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_array_delete(doc, array, 0, 100000));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_ok(yata_encode_state_as_update_v2(doc, NULL, 0, &v2));
  assert_true(v2.len < 300);
  assert_ok(yata_update_validate_v2(v2.data, v2.len, NULL));
  yata_doc_set_limits(again, 0, 1000);
  assert_int_equal(yata_apply_update_v2(again, v2.data, v2.len, NULL), YATA_ERR_LIMIT);
  yata_doc_set_limits(again, 0, 0);
  assert_ok(yata_apply_update_v2(again, v2.data, v2.len, NULL));
  assert_same(doc, again);
  yata_buf_deinit(&v2);
  yata_doc_destroy(doc);
  yata_doc_destroy(again);
}

/* A client that has two sections, which Yjs never writes: the last one counts, as when Yjs reads it. */
static void of_two_sections_of_a_client_the_last_counts(void **state) {
  (void)state;
  static const uint8_t twice[] = {2, 1, 7, 0, 4, 1, 1, 't', 1, 'a', 1, 7, 0, 4, 1, 1, 't', 1, 'b', 0};
  static const uint8_t once[] = {1, 1, 7, 0, 4, 1, 1, 't', 1, 'b', 0};
  /* The first waits for client 9. */
  static const uint8_t waits[] = {2, 1, 7, 0, 0x84, 9, 0, 1, 'a', 1, 7, 0, 4, 1, 1, 't', 1, 'b', 0};
  static const uint8_t emptied[] = {2, 1, 7, 0, 0x84, 9, 0, 1, 'a', 0, 7, 0, 0}, empty[] = {0, 0};
  const yata_slice updates[] = {{twice, sizeof(twice)}, {waits, sizeof(waits)}};
  for (size_t i = 0; i < 2; i++) {
    yata_doc *doc = new_doc(5);
    assert_ok(yata_apply_update(doc, updates[i].data, updates[i].len, NULL));
    assert_state(doc, once, sizeof(once));
    yata_doc_destroy(doc);
  }
  yata_doc *doc = new_doc(5);
  assert_ok(yata_apply_update(doc, emptied, sizeof(emptied), NULL));
  assert_state(doc, empty, sizeof(empty));
  yata_doc_destroy(doc);
}

static void assert_bytes(const yata_buf *buf, const uint8_t *bytes, size_t len) {
  assert_int_equal(buf->len, len);
  assert_memory_equal(buf->data, bytes, len);
}

/* The last of a client's sections is empty: converting keeps it, there and back. (Short updates in version 2 are
 * applied by way of version 1, too.) */
static void an_empty_section_counts_in_both_versions(void **state) {
  (void)state;
  static const uint8_t emptied[] = {2, 1, 7, 0, 4, 1, 1, 't', 1, 'a', 0, 7, 0, 0}, empty[] = {0, 0};
  yata_buf v2 = YATA_BUF_INIT, v1 = YATA_BUF_INIT;
  yata_doc *doc = new_doc(5);
  assert_ok(yata_update_v1_to_v2(emptied, sizeof(emptied), &v2));
  assert_ok(yata_update_v2_to_v1(v2.data, v2.len, &v1));
  assert_bytes(&v1, emptied, sizeof(emptied));
  assert_ok(yata_apply_update_v2(doc, v2.data, v2.len, NULL));
  assert_state(doc, empty, sizeof(empty));
  assert_ok(yata_apply_update(doc, v1.data, v1.len, NULL));
  assert_state(doc, empty, sizeof(empty));
  yata_buf_deinit(&v2);
  yata_buf_deinit(&v1);
  yata_doc_destroy(doc);
}

/* ---- what is wrong, and where ----------------------------------------------------------------- */

static void an_error_names_the_offset_and_what_was_expected(void **state) {
  (void)state;
  uint8_t copy[sizeof(fixture_everything_v2)];
  size_t offset = 99;
  memcpy(copy, fixture_everything_v2, sizeof(copy));
  assert_null(yata_update_explain_v2(copy, sizeof(copy), NULL));
  assert_string_equal(yata_update_explain_v2(copy, sizeof(copy) - 1, &offset),
                      "the delete set: a range's distance and length");
  assert_int_equal(offset, sizeof(copy) - 1);
  assert_string_equal(yata_update_explain_v2(NULL, 0, &offset), "a flag");
  assert_int_equal(offset, 0);
  static const uint8_t cut[] = {0, 0, 9, 1, 2};
  assert_string_equal(yata_update_explain_v2(cut, sizeof(cut), &offset), "the column of client ids");
  assert_int_equal(offset, 2);
}

static void assert_text_v2(const uint8_t *update, size_t len, const char *expected) {
  yata_doc *doc = new_doc(1);
  yata_type text;
  assert_ok(yata_text(doc, "t", &text));
  assert_ok(yata_apply_update_v2(doc, update, len, NULL));
  assert_text(doc, text, expected);
  yata_doc_destroy(doc);
}

/* Text of client 5: "a", and two strings of which the first ends, the second begins, with half a pair. */
static void halves_of_a_pair_are_replaced(void **state) {
  (void)state;
  static const uint8_t alone[] = {0,   0,    2,    0x45, 1,    2,    0, 2, 0, 3, 4, 0, 0x84, 9, 6, 't',
                                  'a', 0xf0, 0x9f, 0x98, 0x80, 0x41, 2, 1, 1, 0, 0, 1, 3,    0, 0};
  static const uint8_t beside[] = {0,    0,    2,    0x45, 1,   2,    0, 4,    0, 3, 4, 0, 0x84, 13, 8, 't', 'a', 'b',
                                   0xf0, 0x9f, 0x98, 0x80, 'c', 0x41, 0, 0x42, 0, 1, 1, 0, 0,    1,  3, 0,   0};
  assert_text_v2(alone, sizeof(alone), "a\xef\xbf\xbd\xef\xbf\xbd");
  assert_text_v2(beside, sizeof(beside),
                 "ab\xef\xbf\xbd\xef\xbf\xbd"
                 "c");
}

/* Strings of client 5: the root's name, and the content. */
static void a_string_longer_than_the_text_is_refused(void **state) {
  (void)state;
  static const uint8_t one[] = {0, 0, 1, 5, 0, 0, 1, 4, 5, 2, 't', 'a', 1, 2, 1, 1, 0, 0, 1, 1, 0, 0};
  static const uint8_t far[] = {0,    0,    1,    5,    0,    0, 1, 4, 9, 2, 't', 'a', 1,
                                0x80, 0x80, 0x80, 0x80, 0x10, 1, 1, 0, 0, 1, 1,   0,   0};
  yata_doc *doc = new_doc(1);
  yata_applied applied;
  assert_int_equal(yata_apply_update_v2(doc, one, sizeof(one), &applied), YATA_ERR_MALFORMED);
  assert_int_equal(applied.error_offset, 14);
  assert_int_equal(yata_apply_update_v2(doc, far, sizeof(far), NULL), YATA_ERR_LIMIT);
  yata_doc_destroy(doc);
}

/* The left origin is the struct itself, the right one of another client. */
static void an_origin_ahead_is_refused_whatever_the_other_is(void **state) {
  (void)state;
  static const uint8_t update[] = {0, 0, 3, 0x45, 0, 4, 1, 0, 1, 0, 1, 0xc4, 3, 1, 'b', 1, 0, 0, 0, 1, 1, 0, 0};
  size_t offset;
  yata_doc *doc = new_doc(1);
  assert_int_equal(yata_apply_update_v2(doc, update, sizeof(update), NULL), YATA_ERR_MALFORMED);
  assert_string_equal(yata_update_explain_v2(update, sizeof(update), &offset),
                      "a struct that depends on what its client wrote before");
  yata_doc_destroy(doc);
}

static void the_version_is_found_out(void **state) {
  (void)state;
  static const uint8_t neither[] = "neither";
  assert_int_equal(yata_update_detect(FIXTURE(everything)), 1);
  assert_int_equal(yata_update_detect(FIXTURE(everything_v2)), 2);
  assert_int_equal(yata_update_detect(neither, sizeof(neither)), 0);
  assert_int_equal(yata_update_detect(NULL, 0), 0);
}

static void both_versions_count_the_same(void **state) {
  (void)state;
  yata_update_info a, b;
  assert_ok(yata_update_inspect(FIXTURE(everything), &a));
  assert_ok(yata_update_inspect_v2(FIXTURE(everything_v2), &b));
  assert_int_equal(a.structs, b.structs);
  assert_int_equal(a.clients, b.clients);
  assert_int_equal(a.deleted_ranges, b.deleted_ranges);
  assert_int_equal(a.units, b.units);
}

/* ---- writing ------------------------------------------------------------------------------ */

static void version_2_is_written_as_it_was_read(void **state) {
  (void)state;
  yata_doc *doc = new_doc(5);
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_update_v1_to_v2(FIXTURE(everything), &out));
  assert_bytes(&out, FIXTURE(everything_v2));
  yata_buf_clear(&out);
  assert_ok(yata_apply_update(doc, FIXTURE(everything), NULL));
  assert_ok(yata_encode_state_as_update_v2(doc, NULL, 0, &out));
  assert_bytes(&out, FIXTURE(everything_v2));
  yata_buf_clear(&out);
  static const uint8_t bad[] = {2, 1};
  assert_int_equal(yata_encode_state_as_update_v2(doc, bad, sizeof(bad), &out), YATA_ERR_MALFORMED);
  assert_int_equal(out.len, 0);
  yata_buf_deinit(&out);
  yata_doc_destroy(doc);
}

/* Fifty lists typed at the front of a list are one run in every column, until every third is deleted. */
static int edit(yata_doc *doc) {
  yata_type array, made, text;
  int err = yata_array(doc, "lists", &array);
  if (err == 0) err = yata_text(doc, "text", &text);
  for (uint32_t i = 0; i < 50 && err == 0; i++) err = yata_array_insert_type(doc, array, 0, YATA_KIND_ARRAY, &made);
  for (uint32_t i = 0; i < 16 && err == 0; i++) err = yata_array_delete(doc, array, i * 2, 1);
  for (uint32_t i = 0; i < 20 && err == 0; i++) err = yata_text_insert(doc, text, 0, "x😀é", 7);
  for (uint32_t i = 0; i < 10 && err == 0; i++) err = yata_text_delete(doc, text, i, i);
  return err;
}

static void a_transaction_is_the_same_in_both_versions(void **state) {
  (void)state;
  yata_doc *a = new_doc(5), *b = new_doc(5);
  yata_buf v1 = YATA_BUF_INIT, v2 = YATA_BUF_INIT, back = YATA_BUF_INIT;
  assert_int_equal(yata_txn_commit_v2(a, &v2), YATA_ERR_STATE);
  for (int round = 0; round < 3; round++) {
    yata_buf_clear(&v1);
    yata_buf_clear(&v2);
    yata_buf_clear(&back);
    assert_ok(yata_txn_begin(a));
    assert_ok(yata_txn_begin(b));
    if (round < 2) assert_ok(edit(a));
    if (round < 2) assert_ok(edit(b));
    assert_ok(yata_txn_commit(a, &v1));
    assert_ok(yata_txn_commit_v2(b, &v2));
    if (round == 2) break;
    assert_ok(yata_update_v2_to_v1(v2.data, v2.len, &back));
    assert_bytes(&back, v1.data, v1.len);
  }
  assert_int_equal(v1.len, 0); /* nothing changed, nothing is sent */
  assert_int_equal(v2.len, 0);
  assert_same(a, b);
  yata_buf_deinit(&v1);
  yata_buf_deinit(&v2);
  yata_buf_deinit(&back);
  yata_doc_destroy(a);
  yata_doc_destroy(b);
}

/* ---- sets of ids ---------------------------------------------------------------------------- */

static void a_part_of_an_update_is_cut_out(void **state) {
  (void)state;
  /* Client 1 wrote "a😀bc" and deleted its last unit. */
  static const uint8_t update[] = {1, 1, 1, 0, 4, 1, 1, 't', 7, 'a', 0xf0, 0x9f, 0x98, 0x80, 'b', 'c', 1, 1, 1, 4, 1};
  static const uint8_t ids[] = {1, 1, 2, 0, 2, 3, 9};
  static const uint8_t part[] = {1,  3, 1,    0, 4, 1, 1,   't', 4, 'a', 0xef, 0xbf, 0xbd,
                                 10, 1, 0x84, 1, 2, 2, 'b', 'c', 1, 1,   1,    4,    1};
  static const uint8_t nothing[] = {0}, bad[] = {1, 1, 1, 0};
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_intersect_update(update, sizeof(update), ids, sizeof(ids), &out));
  assert_bytes(&out, part, sizeof(part));
  yata_buf_clear(&out);
  assert_ok(yata_intersect_update(update, sizeof(update), nothing, sizeof(nothing), &out));
  assert_bytes(&out, (const uint8_t[]){0, 0}, 2);
  yata_buf_clear(&out);
  assert_int_equal(yata_intersect_update(update, sizeof(update), bad, sizeof(bad), &out), YATA_ERR_MALFORMED);
  assert_int_equal(yata_intersect_update(update, 5, ids, sizeof(ids), &out), YATA_ERR_MALFORMED);
  assert_int_equal(out.len, 0);
  yata_buf_deinit(&out);
}

/* ---- no memory ---------------------------------------------------------------------------- */

struct failing {
  long countdown;
};

static void *resize(void *user, void *ptr, size_t old_size, size_t new_size) {
  struct failing *f = user;
  (void)old_size;
  if (new_size == 0) {
    free(ptr);
    return NULL;
  }
  if (f->countdown > 0 && --f->countdown == 0) return NULL;
  return realloc(ptr, new_size);
}

static void without_memory_nothing_changes(void **state) {
  (void)state;
  static const uint8_t empty[] = {0, 0};
  int err = YATA_ERR_NOMEM;
  for (long n = 1; err < 0; n++) {
    struct failing f = {0};
    yata_allocator alloc = {resize, &f};
    yata_options o = {.alloc = &alloc};
    yata_doc *doc;
    assert_ok(yata_doc_create(&o, &doc));
    f.countdown = n;
    err = yata_apply_update_v2(doc, FIXTURE(everything_v2), NULL);
    assert_true(err == 0 || err == YATA_ERR_NOMEM);
    f.countdown = 0;
    if (err < 0) assert_state(doc, empty, 2);
    yata_doc_destroy(doc);
  }
}

static void every_function_says_when_there_is_no_memory(void **state) {
  (void)state;
  static const uint8_t sv[] = {0}, ids[] = {1, 1, 1, 0, 100};
  static const yata_slice both[] = {{fixture_everything_v2, sizeof(fixture_everything_v2)},
                                    {fixture_everything_v2, sizeof(fixture_everything_v2)}};
  yata_doc *doc = new_doc(5);
  assert_ok(yata_apply_update(doc, FIXTURE(everything), NULL));
  for (int what = 0; what < 8; what++) {
    int err = YATA_ERR_NOMEM;
    for (long n = 1; err < 0; n++) {
      struct failing f = {.countdown = n};
      yata_allocator alloc = {resize, &f};
      yata_buf out;
      yata_buf_init(&out, &alloc);
      switch (what) {
      case 0: err = yata_encode_state_as_update_v2(doc, NULL, 0, &out); break;
      case 1: err = yata_update_v1_to_v2(FIXTURE(everything), &out); break;
      case 2: err = yata_update_v2_to_v1(FIXTURE(everything_v2), &out); break;
      case 3: err = yata_merge_updates_v2(both, 2, &out); break;
      case 4: err = yata_diff_update_v2(FIXTURE(everything_v2), sv, sizeof(sv), &out); break;
      case 5: err = yata_update_state_vector_v2(FIXTURE(everything_v2), &out); break;
      case 6: err = yata_intersect_update(FIXTURE(everything), ids, sizeof(ids), &out); break;
      default: err = yata_intersect_update_v2(FIXTURE(everything_v2), ids, sizeof(ids), &out); break;
      }
      assert_true(err == 0 || (err == YATA_ERR_NOMEM && out.len == 0));
      yata_buf_deinit(&out);
    }
  }
  yata_doc_destroy(doc);
}

/* A commit that failed can be made again, and then says what it would have said. */
static void a_commit_without_memory_leaves_the_transaction_open(void **state) {
  (void)state;
  yata_doc *reference = new_doc(5);
  yata_buf expected = YATA_BUF_INIT;
  int err = YATA_ERR_NOMEM;
  assert_ok(yata_txn_begin(reference));
  assert_ok(edit(reference));
  assert_ok(yata_txn_commit_v2(reference, &expected));
  for (long n = 1; err < 0; n++) {
    struct failing f = {0};
    yata_allocator alloc = {resize, &f};
    yata_options o = {.client_id = 5, .alloc = &alloc};
    yata_doc *doc;
    yata_buf out;
    yata_buf_init(&out, &alloc);
    assert_ok(yata_doc_create(&o, &doc));
    assert_ok(yata_txn_begin(doc));
    assert_ok(edit(doc));
    f.countdown = n;
    err = yata_txn_commit_v2(doc, &out);
    f.countdown = 0;
    assert_true(err == 0 || (err == YATA_ERR_NOMEM && out.len == 0));
    if (err < 0) assert_ok(yata_txn_commit_v2(doc, &out));
    assert_bytes(&out, expected.data, expected.len);
    assert_same(doc, reference);
    yata_buf_deinit(&out);
    yata_doc_destroy(doc);
  }
  yata_buf_deinit(&expected);
  yata_doc_destroy(reference);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_state_in_version_2_makes_the_same_document),
      cmocka_unit_test(what_is_cut_short_is_refused),
      cmocka_unit_test(what_is_tampered_with_is_refused_or_well_formed),
      cmocka_unit_test(few_bytes_that_swell_are_refused),
      cmocka_unit_test(gaps_without_bytes_are_refused),
      cmocka_unit_test(many_equal_deletions_load_again),
      cmocka_unit_test(of_two_sections_of_a_client_the_last_counts),
      cmocka_unit_test(an_empty_section_counts_in_both_versions),
      cmocka_unit_test(an_error_names_the_offset_and_what_was_expected),
      cmocka_unit_test(halves_of_a_pair_are_replaced),
      cmocka_unit_test(a_string_longer_than_the_text_is_refused),
      cmocka_unit_test(an_origin_ahead_is_refused_whatever_the_other_is),
      cmocka_unit_test(the_version_is_found_out),
      cmocka_unit_test(both_versions_count_the_same),
      cmocka_unit_test(version_2_is_written_as_it_was_read),
      cmocka_unit_test(a_transaction_is_the_same_in_both_versions),
      cmocka_unit_test(a_part_of_an_update_is_cut_out),
      cmocka_unit_test(every_function_says_when_there_is_no_memory),
      cmocka_unit_test(a_commit_without_memory_leaves_the_transaction_open),
      cmocka_unit_test(without_memory_nothing_changes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
