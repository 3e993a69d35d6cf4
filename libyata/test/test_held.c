/* SPDX-License-Identifier: MIT */
/* Embeds and formats with values that JSON lacks. */
#include <math.h>

#include "attributes.h"

static yata_any bytes_of(const void *data, size_t len) {
  yata_any any = {.kind = YATA_ANY_BINARY};
  any.u.bytes.data = data;
  any.u.bytes.len = len;
  return any;
}

static yata_any array_of(const yata_any *items, size_t len) {
  yata_any any = {.kind = YATA_ANY_ARRAY};
  any.u.array.items = items;
  any.u.array.len = len;
  return any;
}

static const yata_any big = {.kind = YATA_ANY_BIGINT, .u.bigint = INT64_MIN};
static const yata_any undefined = {.kind = YATA_ANY_UNDEFINED};

/* A document with the embed at the start of its text. */
static yata_doc *doc_with(const yata_any *embed, yata_type *text) {
  yata_doc *doc = new_doc(1);
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text(doc, "t", text));
  assert_ok(yata_text_insert_embed(doc, *text, 0, embed, NULL));
  assert_ok(yata_txn_commit(doc, NULL));
  return doc;
}

/* ---- what callers give -------------------------------------------------------------------- */

static void assert_embed(const yata_doc *doc, yata_type text) {
  yata_text_cursor cursor = {0};
  yata_text_run run;
  assert_ok(yata_text_next(doc, text, &cursor, &run));
  assert_int_equal(run.kind, YATA_TEXT_EMBED);
  assert_int_equal(run.embed.kind, YATA_ANY_ARRAY);
  assert_int_equal(run.embed.u.array.len, 6);
  const yata_any *v = run.embed.u.array.items;
  assert_int_equal(v[0].kind, YATA_ANY_BINARY);
  assert_memory_equal(v[0].u.bytes.data, "\x01\xff", 2);
  assert_true(isnan(v[1].u.number));
  assert_true(v[2].u.number == 0 && signbit(v[2].u.number));
  assert_int_equal(v[3].u.bigint, INT64_MIN);
  assert_int_equal(v[4].kind, YATA_ANY_UNDEFINED);
  assert_int_equal(v[5].kind, YATA_ANY_OBJECT);
  assert_memory_equal(v[5].u.object.entries[0].key.data, "a", 1);
  yata_text_cursor_deinit(doc, &cursor);
}

static void what_a_caller_gives_is_kept(void **state) {
  (void)state;
  const yata_any items[] = {
      bytes_of("\x01\xff", 2),           yata_any_number(NAN), yata_any_number(-0.0), big, undefined,
      json(" {\"a\":[1.5,\"\\u00e9\"]}")};
  const yata_any embed = array_of(items, 6);
  static const char printed[] =
      "[{\"insert\":[{\"0\":1,\"1\":255},null,0,-9223372036854775808,null,{\"a\":[1.5,\"é\"]}]}]";
  yata_type text, copied;
  yata_doc *doc = doc_with(&embed, &text), *copy = new_doc(2), *flat = new_doc(3);
  yata_buf v2 = YATA_BUF_INIT, v1 = YATA_BUF_INIT;
  assert_embed(doc, text);
  assert_delta(doc, text, printed);
  assert_ok(yata_encode_state_as_update_v2(doc, NULL, 0, &v2));
  assert_ok(yata_apply_update_v2(copy, v2.data, v2.len, NULL));
  assert_ok(yata_text(copy, "t", &copied));
  assert_embed(copy, copied);
  /* In version 1 it is JSON, and that is what is read. */
  assert_ok(yata_encode_state_as_update(doc, NULL, 0, &v1));
  assert_ok(yata_update_validate(v1.data, v1.len, NULL));
  assert_ok(yata_apply_update(flat, v1.data, v1.len, NULL));
  assert_ok(yata_text(flat, "t", &copied));
  assert_delta(flat, copied,
               "[{\"insert\":[{\"0\":1,\"1\":255},null,0,-9223372036854776000,null,{\"a\":[1.5,\"é\"]}]}]");
  yata_buf_deinit(&v1);
  yata_buf_deinit(&v2);
  yata_doc_destroy(doc);
  yata_doc_destroy(copy);
  yata_doc_destroy(flat);
}

static void formats_are_kept_and_undefined_ones_left_out_of_json(void **state) {
  (void)state;
  yata_type text;
  const yata_any_entry entries[] = {{{(const uint8_t *)"b", 1}, bytes_of("\x07", 1)},
                                    {{(const uint8_t *)"u", 1}, undefined}};
  yata_any attributes = {.kind = YATA_ANY_OBJECT};
  attributes.u.object.entries = entries;
  attributes.u.object.len = 2;
  yata_doc *doc = new_doc(1);
  yata_text_cursor cursor = {0};
  yata_text_run run;
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text(doc, "t", &text));
  assert_ok(yata_text_insert(doc, text, 0, "ab", 2));
  assert_ok(yata_text_format(doc, text, 0, 1, &attributes));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_ok(yata_text_next(doc, text, &cursor, &run));
  assert_int_equal(run.n_attributes, 2);
  assert_int_equal(run.attributes[0].value.kind, YATA_ANY_BINARY);
  assert_int_equal(run.attributes[1].value.kind, YATA_ANY_UNDEFINED);
  yata_text_cursor_deinit(doc, &cursor);
  assert_delta(doc, text, "[{\"insert\":\"a\",\"attributes\":{\"b\":{\"0\":7}}},{\"insert\":\"b\"}]");
  yata_doc_destroy(doc);
}

static void what_is_no_value_is_refused(void **state) {
  (void)state;
  yata_any deep[66] = {yata_any_number(NAN)};
  for (int i = 1; i < 66; i++) deep[i] = array_of(&deep[i - 1], 1);
  const yata_any no_text[] = {yata_any_string("\xff"), big}, no_json[] = {json("{"), big};
  OBJECT(no_key, "\xff", big);
  yata_type text;
  yata_doc *doc = doc_with(&deep[64], &text);
  assert_ok(yata_txn_begin(doc));
  const yata_any all[] = {array_of(no_text, 2), array_of(no_json, 2), no_key, undefined};
  for (size_t i = 0; i < 4; i++)
    assert_int_equal(yata_text_insert_embed(doc, text, 0, &all[i], NULL), YATA_ERR_INVALID);
  assert_int_equal(yata_text_insert_embed(doc, text, 0, &deep[65], NULL), YATA_ERR_LIMIT);
  yata_txn_abort(doc);
  yata_doc_destroy(doc);
}

/* ---- what comes from outside -------------------------------------------------------------- */

#define ROOT 1, 1, 't'

/* An embed, a format, and a value of old clients; each with an `any` behind a zero byte where JSON is to be. */
static const uint8_t embed_v1[] = {1, 1, 1, 0, 5, ROOT, 2, 0, 0x7e, 0};
static const uint8_t format_v1[] = {1, 1, 1, 0, 6, ROOT, 1, 'b', 2, 0, 0x7f, 0};
static const uint8_t values_v1[] = {1, 1, 1, 0, 2, ROOT, 1, 2, 0, 0x7e, 0};
/* The same, behind a unit that has not come. */
static const uint8_t waiting_v1[] = {1, 1, 1, 5, 0x85, 1, 4, 2, 0, 0x7e, 0};

static void assert_refused_v1(const uint8_t *update, size_t len) {
  static const uint8_t none[] = {0, 0}, ids[] = {1, 1, 1, 0, 9};
  const yata_slice two[] = {{none, 2}, {update, len}};
  yata_doc *doc = new_doc(2);
  yata_buf out = YATA_BUF_INIT;
  yata_snapshot s = YATA_SNAPSHOT_INIT;
  bool yes;
  assert_int_equal(yata_apply_update(doc, update, len, NULL), YATA_ERR_MALFORMED);
  assert_int_equal(yata_update_validate(update, len, NULL), YATA_ERR_MALFORMED);
  assert_int_equal(yata_merge_updates(two, 2, &out), YATA_ERR_MALFORMED);
  assert_int_equal(yata_merge_updates(&two[1], 1, &out), YATA_ERR_MALFORMED);
  assert_int_equal(yata_diff_update(update, len, none, 1, &out), YATA_ERR_MALFORMED);
  assert_int_equal(yata_intersect_update(update, len, ids, sizeof(ids), &out), YATA_ERR_MALFORMED);
  assert_int_equal(yata_update_v1_to_v2(update, len, &out), YATA_ERR_MALFORMED);
  assert_int_equal(yata_update_state_vector(update, len, &out), YATA_ERR_MALFORMED);
  assert_int_equal(yata_snapshot_of_updates(&s, &two[1], 1), YATA_ERR_MALFORMED);
  assert_int_equal(yata_snapshot_contains_update(&s, update, len, &yes), YATA_ERR_MALFORMED);
  assert_int_equal(out.len, 0);
  assert_state(doc, none, 2);
  yata_snapshot_deinit(&s);
  yata_buf_deinit(&out);
  yata_doc_destroy(doc);
}

static void no_update_in_version_1_may_have_an_any(void **state) {
  (void)state;
  assert_refused_v1(embed_v1, sizeof(embed_v1));
  assert_refused_v1(format_v1, sizeof(format_v1));
  assert_refused_v1(values_v1, sizeof(values_v1));
  assert_refused_v1(waiting_v1, sizeof(waiting_v1));
}

static void assert_refused_v2(const uint8_t *update, size_t len, int expected) {
  static const uint8_t none[] = {0, 0}, ids[] = {1, 1, 1, 0, 9}, empty[12] = {0};
  const yata_slice two[] = {{empty, sizeof(empty)}, {update, len}};
  yata_doc *doc = new_doc(2);
  yata_buf out = YATA_BUF_INIT;
  assert_int_equal(yata_apply_update_v2(doc, update, len, NULL), expected);
  assert_int_equal(yata_update_validate_v2(update, len, NULL), expected);
  assert_int_equal(yata_merge_updates_v2(two, 2, &out), expected);
  assert_int_equal(yata_merge_updates_v2(&two[1], 1, &out), expected);
  assert_int_equal(yata_diff_update_v2(update, len, none, 1, &out), expected);
  assert_int_equal(yata_intersect_update_v2(update, len, ids, sizeof(ids), &out), expected);
  assert_int_equal(yata_update_v2_to_v1(update, len, &out), expected);
  assert_int_equal(out.len, 0);
  assert_state(doc, none, 2);
  yata_buf_deinit(&out);
  yata_doc_destroy(doc);
}

/* The state in version 2 of a document with an embed of bytes; they stand at *at, behind tag and length. */
static void state_with(const uint8_t *bytes, size_t len, yata_buf *out, uint8_t **at) {
  const yata_any embed = bytes_of(bytes, len);
  yata_type text;
  yata_doc *doc = doc_with(&embed, &text);
  assert_ok(yata_encode_state_as_update_v2(doc, NULL, 0, out));
  *at = out->data + out->len - 1 - len; /* at the end there are no deletions */
  assert_memory_equal(*at, bytes, len);
  yata_doc_destroy(doc);
}

static void what_is_no_any_is_refused(void **state) {
  (void)state;
  static const uint8_t marked[] = {0xaa, 0xbb, 0xcc};
  /* An unknown tag; more bytes than there are; no UTF-8; elements that are not there, or unknown; fewer bytes. */
  static const uint8_t heads[][2] = {{115, 3}, {116, 9}, {119, 3}, {117, 3}, {118, 3}, {116, 1}, {122, 3}};
  for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
    yata_buf update = YATA_BUF_INIT;
    uint8_t *at;
    state_with(marked, sizeof(marked), &update, &at);
    memcpy(at - 2, heads[i], 2);
    assert_refused_v2(update.data, update.len, YATA_ERR_MALFORMED);
    yata_buf_deinit(&update);
  }
}

/* Arrays in arrays, `depth` of them in all. */
static void nest(yata_buf *update, size_t depth) {
  uint8_t nested[200] = {1}, *at;
  for (size_t i = 1; i + 1 < sizeof(nested); i += 2) {
    nested[i] = i / 2 < depth - 2 ? 117 : 127;
    nested[i + 1] = i / 2 < depth - 2 ? 1 : 0;
  }
  size_t len = 2 * (depth - 2) + 2; /* the last is undefined */
  state_with(nested, len, update, &at);
  /* 116 and the length become 117, 1, 117, where the length takes two bytes. */
  memcpy(at - (len < 128 ? 2 : 3), (uint8_t[]){117, 1, 117}, len < 128 ? 2 : 3);
}

static void what_is_nested_too_deep_is_refused(void **state) {
  (void)state;
  yata_buf update = YATA_BUF_INIT;
  nest(&update, 66);
  assert_refused_v2(update.data, update.len, YATA_ERR_LIMIT);
  yata_buf_clear(&update);
  nest(&update, 70);
  assert_refused_v2(update.data, update.len, YATA_ERR_LIMIT);
  yata_buf_deinit(&update);
}

/* ---- comparing ---------------------------------------------------------------------------- */

/* Formats that change nothing are not made: how many units were. */
static uint32_t formats_made(yata_doc *doc, yata_type text, yata_any value) {
  OBJECT(attributes, "k", value);
  yata_stats before, after;
  yata_doc_stats(doc, &before);
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text_insert_with(doc, text, 1, "x", 1, &attributes));
  assert_ok(yata_txn_commit(doc, NULL));
  yata_doc_stats(doc, &after);
  return (uint32_t)(after.units - before.units) - 1;
}

static bool equal_formats(yata_any in_force, yata_any given) {
  OBJECT(attributes, "k", in_force);
  yata_type text;
  yata_doc *doc = new_doc(1);
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text(doc, "t", &text));
  assert_ok(yata_text_insert_with(doc, text, 0, "ab", 2, &attributes));
  assert_ok(yata_txn_commit(doc, NULL));
  uint32_t made = formats_made(doc, text, given);
  yata_doc_destroy(doc);
  return made == 0;
}

static void values_are_equal_as_in_javascript(void **state) {
  (void)state;
  const yata_any small = {.kind = YATA_ANY_BIGINT, .u.bigint = 5};
  const yata_any five[] = {yata_any_number(5), yata_any_number(-0.0)}, inner[] = {array_of(five, 1)};
  OBJECT(none, "a", undefined);
  OBJECT(nan, "a", yata_any_number(NAN));
  OBJECT(minus, "a\"\n", yata_any_number(-0.0));
  assert_false(equal_formats(yata_any_number(NAN), yata_any_number(NAN)));
  assert_true(equal_formats(yata_any_number(-0.0), yata_any_number(0)));
  assert_true(equal_formats(yata_any_number(INFINITY), json("1e999")));
  assert_false(equal_formats(yata_any_number(INFINITY), yata_any_number(-INFINITY)));
  assert_true(equal_formats(small, small));
  assert_false(equal_formats(small, big));
  assert_false(equal_formats(small, yata_any_number(5)));
  assert_true(equal_formats(bytes_of("\x05\x00", 2), bytes_of("\x05\x00", 2)));
  assert_true(equal_formats(bytes_of("\x05\x00", 2), json("[5,0]")));
  assert_true(equal_formats(json(" {\"1\":0,\"0\":5.0} "), bytes_of("\x05\x00", 2)));
  assert_true(equal_formats(array_of(five, 2), json("{\"0\":5,\"1\":0}")));
  assert_false(equal_formats(bytes_of("\x05", 1), bytes_of("\x06", 1)));
  assert_false(equal_formats(bytes_of("\x05", 1), bytes_of("\x05\x00", 2)));
  assert_true(equal_formats(none, none));
  assert_false(equal_formats(none, json("{\"a\":null}")));
  assert_false(equal_formats(none, json("{\"b\":null}")));
  assert_false(equal_formats(nan, nan));
  assert_true(equal_formats(minus, json("{\"a\\u0022\\n\":0}")));
  assert_false(equal_formats(array_of(inner, 1), array_of(inner, 1)));
}

/* Where NaN is in force a plain insertion gives attributes; those are read where they are, whatever moved in between.
 */
static void attributes_beside_nan_are_read_where_they_are(void **state) {
  (void)state;
  const yata_any_entry entries[] = {{{(const uint8_t *)"i", 1}, yata_any_bool(true)},
                                    {{(const uint8_t *)"b", 1}, yata_any_number(NAN)}};
  yata_any attributes = {.kind = YATA_ANY_OBJECT}, value = yata_any_string("some text that is not held in place");
  attributes.u.object.entries = entries;
  attributes.u.object.len = 2;
  yata_doc *doc = new_doc(1);
  yata_type text, array;
  assert_ok(yata_text(doc, "t", &text));
  assert_ok(yata_array(doc, "a", &array));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text_insert_with(doc, text, 0, "abc", 3, &attributes));
  assert_ok(yata_text_insert(doc, text, 1, "x", 1));
  for (int i = 0; i < 20; i++) assert_ok(yata_array_insert(doc, array, 0, &value, 1));
  assert_ok(yata_text_insert(doc, text, 3, "y", 1));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_text(doc, text, "axbyc");
  yata_doc_destroy(doc);
}

/* Undefined members print nothing: what is read of them counts. */
static void what_prints_nothing_counts_as_printed(void **state) {
  (void)state;
  enum { MEMBERS = 100, RUNS = 30 };
  static yata_any_entry members[MEMBERS];
  yata_options o = {.client_id = 1, .max_output_bytes = 10000};
  for (int i = 0; i < MEMBERS; i++)
    members[i] = (yata_any_entry){{(const uint8_t *)"abcdefgh", 1 + (size_t)i % 8}, {.kind = YATA_ANY_UNDEFINED}};
  yata_any object = {.kind = YATA_ANY_OBJECT}, attributes = object;
  object.u.object.entries = members;
  object.u.object.len = MEMBERS;
  const yata_any_entry entry = {{(const uint8_t *)"o", 1}, object};
  attributes.u.object.entries = &entry;
  attributes.u.object.len = 1;
  yata_doc *doc;
  yata_type text;
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_doc_create(&o, &doc));
  assert_ok(yata_text(doc, "t", &text));
  assert_ok(yata_txn_begin(doc));
  const yata_any embed = yata_any_bool(true);
  for (uint32_t i = 0; i < RUNS; i++) assert_ok(yata_text_insert_embed(doc, text, i, &embed, &attributes));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_int_equal(yata_text_delta(doc, text, &out), YATA_ERR_LIMIT);
  assert_int_equal(out.len, 0);
  yata_buf_deinit(&out);
  yata_doc_destroy(doc);
}

static void an_embed_given_as_json_is_no_string(void **state) {
  (void)state;
  static const char *const refused[] = {"\"abc\"", " null"};
  yata_doc *doc = new_doc(1);
  yata_type text;
  assert_ok(yata_text(doc, "t", &text));
  assert_ok(yata_txn_begin(doc));
  for (int i = 0; i < 2; i++) {
    yata_any json = {.kind = YATA_ANY_JSON};
    json.u.bytes.data = (const uint8_t *)refused[i];
    json.u.bytes.len = strlen(refused[i]);
    assert_int_equal(yata_text_insert_embed(doc, text, 0, &json, NULL), YATA_ERR_INVALID);
  }
  assert_ok(yata_txn_commit(doc, NULL));
  yata_doc_destroy(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_a_caller_gives_is_kept),
      cmocka_unit_test(formats_are_kept_and_undefined_ones_left_out_of_json),
      cmocka_unit_test(what_is_no_value_is_refused),
      cmocka_unit_test(no_update_in_version_1_may_have_an_any),
      cmocka_unit_test(what_is_no_any_is_refused),
      cmocka_unit_test(what_is_nested_too_deep_is_refused),
      cmocka_unit_test(values_are_equal_as_in_javascript),
      cmocka_unit_test(attributes_beside_nan_are_read_where_they_are),
      cmocka_unit_test(what_prints_nothing_counts_as_printed),
      cmocka_unit_test(an_embed_given_as_json_is_no_string),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
