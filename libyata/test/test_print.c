/* SPDX-License-Identifier: MIT */
/* Printing ends at a limit, whatever a small document would be as text. */
#include "attributes.h"

#define PRINTS 4

struct sample {
  yata_doc *doc;
  yata_type text, fragment, xml; /* two texts with the same in them, one as a child of the fragment */
};

typedef int print(const struct sample *s, yata_buf *out);

static int delta(const struct sample *s, yata_buf *out) {
  return yata_text_delta(s->doc, s->text, out);
}

static int delta_at(const struct sample *s, yata_buf *out) {
  yata_snapshot now = YATA_SNAPSHOT_INIT;
  assert_ok(yata_snapshot_take(&now, s->doc));
  const yata_text_view view = {.at = &now};
  int err = yata_text_delta_at(s->doc, s->text, &view, out);
  yata_snapshot_deinit(&now);
  return err;
}

static int markup(const struct sample *s, yata_buf *out) {
  return yata_xml_to_string(s->doc, s->fragment, out);
}

static int as_json(const struct sample *s, yata_buf *out) {
  return yata_to_json(s->doc, (yata_type){0, 0}, out);
}

static print *const prints[PRINTS] = {delta, delta_at, markup, as_json};

static yata_buf string_of(size_t len, const char *before, const char *after) {
  yata_buf s = YATA_BUF_INIT;
  s.cap = s.len = strlen(before) + len + strlen(after);
  s.data = malloc(s.cap + 1);
  assert_non_null(s.data);
  memset(s.data, 'v', s.cap);
  s.data[s.cap] = 0;
  memcpy(s.data, before, strlen(before));
  memcpy(s.data + s.len - strlen(after), after, strlen(after));
  return s;
}

/* `value` in force over all of a text, and something else that comes and goes. */
static void fill(yata_doc *doc, yata_type text, uint32_t runs, const char *value) {
  OBJECT(x, "x", json(value));
  OBJECT(bold, "bold", yata_any_bool(true));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text_insert_with(doc, text, 0, "ab", 2, &x));
  for (uint32_t i = 2; i < runs; i += 2) assert_ok(yata_text_insert(doc, text, 1, "ba", 2));
  for (uint32_t i = 0; i < runs; i += 2) assert_ok(yata_text_format(doc, text, i, 1, &bold));
  assert_ok(yata_txn_commit(doc, NULL));
}

static struct sample sample_of(const yata_options *options, uint32_t runs, const char *value) {
  struct sample s;
  assert_ok(yata_doc_create(options, &s.doc));
  assert_ok(yata_text(s.doc, "text", &s.text));
  assert_ok(yata_xml_fragment(s.doc, "page", &s.fragment));
  assert_ok(yata_txn_begin(s.doc));
  assert_ok(yata_xml_insert(s.doc, s.fragment, 0, YATA_KIND_XML_TEXT, NULL, &s.xml));
  assert_ok(yata_txn_commit(s.doc, NULL));
  fill(s.doc, s.text, runs, value);
  fill(s.doc, s.xml, runs, value);
  return s;
}

static void drop(struct sample *s) {
  yata_doc_destroy(s->doc);
}

/* Refused, and the buffer has what it had: nothing, or the empty array. */
static void assert_too_long(const struct sample *s, print *p) {
  yata_buf out = YATA_BUF_INIT;
  yata_type empty;
  assert_int_equal(p(s, &out), YATA_ERR_LIMIT);
  assert_int_equal(out.len, 0);
  assert_int_equal(out.cap, 0);
  assert_ok(yata_text(s->doc, "empty", &empty));
  assert_ok(yata_text_delta(s->doc, empty, &out));
  const size_t cap = out.cap;
  assert_int_equal(p(s, &out), YATA_ERR_LIMIT);
  assert_int_equal(out.cap, cap);
  assert_bytes(&out, "[]");
  yata_buf_deinit(&out);
}

static size_t length_of(const struct sample *s, print *p) {
  yata_buf out = YATA_BUF_INIT;
  assert_ok(p(s, &out));
  size_t len = out.len;
  yata_buf_deinit(&out);
  return len;
}

/* Twice 200 KB over 400 runs each, which an update of 440 KB brings, are 160 MB as text. */
static void a_small_update_is_not_printed_without_end(void **state) {
  (void)state;
  yata_buf value = string_of(200000, "{\"m\":\"", "\"}"), update = YATA_BUF_INIT;
  struct sample made = sample_of(NULL, 400, (const char *)value.data), s = {.doc = new_doc(2)};
  assert_ok(yata_encode_state_as_update(made.doc, NULL, 0, &update));
  assert_true(update.len < 440000);
  assert_ok(yata_apply_update(s.doc, update.data, update.len, NULL));
  assert_ok(yata_text(s.doc, "text", &s.text));
  assert_ok(yata_xml_fragment(s.doc, "page", &s.fragment));
  yata_stats before, after;
  yata_doc_stats(s.doc, &before);
  assert_true(before.live_bytes < (64 << 20) / 16);
  for (int i = 0; i < PRINTS; i += 3) assert_int_equal(prints[i](&s, &(yata_buf)YATA_BUF_INIT), YATA_ERR_LIMIT);
  yata_doc_stats(s.doc, &after);
  assert_int_equal(after.live_bytes, before.live_bytes);
  yata_buf_deinit(&value);
  yata_buf_deinit(&update);
  drop(&made);
  drop(&s);
}

static void what_is_within_the_limit_is_printed(void **state) {
  (void)state;
  yata_buf value = string_of(500, "\"", "\"");
  struct sample s = sample_of(NULL, 20, (const char *)value.data);
  for (int i = 0; i < PRINTS; i++) {
    const size_t len = length_of(&s, prints[i]), values = 510 * 20;
    /* Of formats, markup counts what is read, too. */
    struct sample most =
        sample_of(&(yata_options){.max_output_bytes = i < 2 ? len : len + values}, 20, (const char *)value.data);
    struct sample less = sample_of(&(yata_options){.max_output_bytes = len - 1}, 20, (const char *)value.data);
    assert_int_equal(length_of(&most, prints[i]), len);
    assert_too_long(&less, prints[i]);
    drop(&most);
    drop(&less);
  }
  yata_buf_deinit(&value);
  drop(&s);
}

/* 64 MiB are for small documents: 5 MB of values may be 80 MB. */
static void a_large_document_may_be_longer(void **state) {
  (void)state;
  yata_buf value = string_of(5000000, "\"", "\"");
  struct sample s = {.doc = new_doc(1)};
  assert_ok(yata_text(s.doc, "text", &s.text));
  fill(s.doc, s.text, 14, (const char *)value.data);
  assert_true(length_of(&s, delta) > 68000000);
  yata_buf_deinit(&value);
  drop(&s);
}

/* A member that is an object is printed as [object Object], whatever it holds. */
static void what_is_read_of_formats_counts(void **state) {
  (void)state;
  yata_buf value = string_of(2000, "{\"m\":{\"n\":\"", "\"}}");
  struct sample s = sample_of(&(yata_options){.max_output_bytes = 500000}, 400, (const char *)value.data);
  assert_too_long(&s, markup);
  drop(&s);
  s = sample_of(&(yata_options){.max_output_bytes = 1000000}, 400, (const char *)value.data);
  assert_true(length_of(&s, markup) < 100000);
  yata_buf_deinit(&value);
  drop(&s);
}

/* The most that was asked for at once. */
static void *largest_resize(void *user, void *ptr, size_t old_size, size_t new_size) {
  size_t *largest = user;
  (void)old_size;
  if (new_size > *largest) *largest = new_size;
  if (new_size > 0) return realloc(ptr, new_size);
  free(ptr);
  return NULL;
}

/* As JSON, each byte of it becomes six: the buffer does not grow to that first. */
static void markup_within_json_is_escaped_within_the_limit(void **state) {
  (void)state;
  struct sample s = sample_of(&(yata_options){.max_output_bytes = 1000000}, 2, "true");
  yata_buf text = string_of(500000, "", "");
  memset(text.data, 1, text.len);
  assert_ok(yata_txn_begin(s.doc));
  assert_ok(yata_text_insert(s.doc, s.xml, 0, (const char *)text.data, text.len));
  assert_ok(yata_txn_commit(s.doc, NULL));
  assert_int_equal(length_of(&s, markup) / 1000, 500);
  size_t largest = 0;
  const yata_allocator alloc = {largest_resize, &largest};
  yata_buf out = {.alloc = &alloc};
  assert_int_equal(as_json(&s, &out), YATA_ERR_LIMIT);
  assert_true(largest < 2000000);
  yata_buf_deinit(&text);
  drop(&s);
}

/* A document holds a key, and the name of an element, once. */
static void keys_that_many_maps_have_count(void **state) {
  (void)state;
  yata_buf key = string_of(10000, "", "");
  yata_type list, page, made;
  const yata_any one = yata_any_number(1);
  struct sample s;
  assert_ok(yata_doc_create(&(yata_options){.max_output_bytes = 500000}, &s.doc));
  assert_ok(yata_array(s.doc, "list", &list));
  assert_ok(yata_txn_begin(s.doc));
  for (int i = 0; i < 60; i++) {
    if (i == 40) assert_true(length_of(&s, as_json) > 400000);
    assert_ok(yata_array_insert_type(s.doc, list, 0, YATA_KIND_MAP, &made));
    assert_ok(yata_map_set(s.doc, made, (const char *)key.data, key.len, &one));
  }
  assert_too_long(&s, as_json);
  assert_ok(yata_xml_fragment(s.doc, "page", &page));
  s.fragment = page;
  for (int i = 0; i < 30; i++) {
    if (i == 20) assert_true(length_of(&s, markup) > 400000);
    assert_ok(yata_xml_insert(s.doc, page, 0, YATA_KIND_XML_ELEMENT, (const char *)key.data, &made));
  }
  assert_too_long(&s, markup);
  assert_ok(yata_txn_commit(s.doc, NULL));
  yata_buf_deinit(&key);
  drop(&s);
}

/* ---- events ------------------------------------------------------------------------------------- */

struct heard {
  int err;
  size_t attributes;
};

static void on_text(void *user, const yata_event *event) {
  struct heard *heard = user;
  const yata_delta_op *ops;
  size_t n = 0;
  heard->attributes = 0;
  heard->err = yata_event_delta(event, &ops, &n);
  for (size_t i = 0; heard->err == 0 && i < n; i++) heard->attributes += ops[i].n_attributes;
}

/* Embeds, each of which has all that is in force: 50 keys. */
static void embed_some(yata_doc *doc, yata_type text, int n) {
  yata_any_entry entries[50];
  char keys[50][4];
  for (int i = 0; i < 50; i++) {
    keys[i][0] = (char)('a' + i % 25);
    keys[i][1] = (char)('a' + i / 25);
    entries[i] = (yata_any_entry){{(const uint8_t *)keys[i], 2}, yata_any_bool(true)};
  }
  yata_any all = {.kind = YATA_ANY_OBJECT}, embed = yata_any_number(1);
  all.u.object.entries = entries;
  all.u.object.len = 50;
  assert_ok(yata_txn_begin(doc));
  for (int i = 0; i < n; i++) assert_ok(yata_text_insert_embed(doc, text, (uint32_t)i, &embed, &all));
  assert_ok(yata_txn_commit(doc, NULL));
}

static void the_attributes_of_a_delta_are_bounded(void **state) {
  (void)state;
  yata_doc *doc;
  yata_type text;
  struct heard heard = {0};
  assert_ok(yata_doc_create(&(yata_options){.max_output_bytes = 100 * 50 * sizeof(yata_any_entry)}, &doc));
  assert_ok(yata_text(doc, "text", &text));
  assert_ok(yata_observe(doc, text, on_text, &heard, NULL));
  embed_some(doc, text, 100);
  assert_ok(heard.err);
  assert_int_equal(heard.attributes, 5000);
  embed_some(doc, text, 101);
  assert_int_equal(heard.err, YATA_ERR_LIMIT);
  insert(doc, text, 0, "x");
  assert_ok(heard.err);
  yata_doc_destroy(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_small_update_is_not_printed_without_end),
      cmocka_unit_test(what_is_within_the_limit_is_printed),
      cmocka_unit_test(a_large_document_may_be_longer),
      cmocka_unit_test(what_is_read_of_formats_counts),
      cmocka_unit_test(markup_within_json_is_escaped_within_the_limit),
      cmocka_unit_test(keys_that_many_maps_have_count),
      cmocka_unit_test(the_attributes_of_a_delta_are_bounded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
