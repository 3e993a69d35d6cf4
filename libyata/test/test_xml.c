/* SPDX-License-Identifier: MIT */
/* XML, and roots and nested types of every kind. */
#include <math.h>

#include "attributes.h"

static void set(yata_doc *doc, yata_type xml, const char *key, yata_any value) {
  assert_ok(yata_map_set(doc, xml, key, strlen(key), &value));
}

static void elements_have_attributes_and_children(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type root, p, inner, text, found;
  yata_slice name;
  assert_ok(yata_xml_fragment(doc, "x", &root));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_xml_insert(doc, root, 0, YATA_KIND_XML_ELEMENT, "P", &p));
  assert_ok(yata_xml_insert(doc, p, 0, YATA_KIND_XML_TEXT, NULL, &text));
  assert_ok(yata_text_insert(doc, text, 0, "text", 4));
  assert_ok(yata_xml_insert_after(doc, p, text, YATA_KIND_XML_ELEMENT, NULL, &inner));
  set(doc, p, "id", yata_any_string("one"));
  set(doc, p, "class", yata_any_number(2));
  set(doc, p, "gone", yata_any_bool(true));
  assert_ok(yata_map_delete(doc, p, "gone", 4));
  assert_markup(doc, root, "<p class=\"2\" id=\"one\">text<undefined></undefined></p>");
  assert_json(doc, p, "\"<p class=\\\"2\\\" id=\\\"one\\\">text<undefined></undefined></p>\"");
  assert_ok(yata_xml_name(doc, p, &name));
  assert_int_equal(name.len, 1);
  assert_int_equal(name.data[0], 'P');
  assert_int_equal(yata_xml_name(doc, text, &name), YATA_ERR_KIND);
  assert_ok(yata_xml_first_child(doc, p, &found));
  assert_int_equal(found.slot, text.slot);
  assert_ok(yata_xml_next_sibling(doc, text, &found));
  assert_int_equal(found.slot, inner.slot);
  assert_ok(yata_xml_prev_sibling(doc, inner, &found));
  assert_int_equal(found.slot, text.slot);
  assert_int_equal(yata_xml_next_sibling(doc, inner, &found), YATA_ERR_NOT_FOUND);
  assert_int_equal(yata_xml_first_child(doc, inner, &found), YATA_ERR_NOT_FOUND);
  assert_ok(yata_type_parent(doc, inner, &found));
  assert_int_equal(found.slot, p.slot);
  assert_int_equal(yata_type_parent(doc, root, &found), YATA_ERR_NOT_FOUND);
  assert_ok(yata_array_delete(doc, p, 0, 1));
  assert_ok(yata_xml_first_child(doc, p, &found));
  assert_int_equal(found.slot, inner.slot);
  assert_int_equal(yata_xml_next_sibling(doc, text, &found), YATA_ERR_GONE);
  assert_ok(yata_txn_commit(doc, NULL));
  yata_doc_destroy(doc);
}

static void children_are_inserted_behind_others(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type root, a, b, c, other, none = {0, 0};
  assert_ok(yata_xml_fragment(doc, "x", &root));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_xml_insert(doc, root, 0, YATA_KIND_XML_ELEMENT, "a", &a));
  assert_ok(yata_xml_insert_after(doc, root, a, YATA_KIND_XML_ELEMENT, "b", &b));
  assert_ok(yata_xml_insert_after(doc, root, none, YATA_KIND_XML_ELEMENT, "c", &c));
  assert_markup(doc, root, "<c></c><a></a><b></b>");
  assert_ok(yata_xml_insert(doc, a, 0, YATA_KIND_XML_ELEMENT, "d", &other));
  assert_int_equal(yata_xml_insert_after(doc, root, other, YATA_KIND_XML_ELEMENT, "e", &c), YATA_ERR_INVALID);
  assert_int_equal(yata_xml_insert_after(doc, root, root, YATA_KIND_XML_ELEMENT, "e", &c), YATA_ERR_INVALID);
  assert_int_equal(yata_xml_insert(doc, root, 9, YATA_KIND_XML_ELEMENT, "e", &c), YATA_ERR_RANGE);
  assert_ok(yata_txn_commit(doc, NULL));
  yata_doc_destroy(doc);
}

static void formatted_text_is_printed_as_sorted_tags(void **state) {
  (void)state;
  OBJECT(em, "em", json("{}"));
  OBJECT(a, "a", json("{\"href\":\"x\",\"class\":\"y\\\"\"}"));
  OBJECT(image, "image", yata_any_string("x"));
  yata_doc *doc = new_doc(1);
  yata_type text;
  assert_ok(yata_root(doc, "t", YATA_KIND_XML_TEXT, &text));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text_insert(doc, text, 0, "ab<c", 4));
  assert_ok(yata_text_format(doc, text, 1, 2, &em));
  assert_ok(yata_text_format(doc, text, 1, 1, &a));
  assert_ok(yata_text_insert_embed(doc, text, 4, &image, NULL));
  assert_markup(doc, text, "a<a class=\"y\"\" href=\"x\"><em>b</em></a><em><</em>c[object Object]");
  OBJECT(word, "w", yata_any_string("hi"));
  OBJECT(list, "l", json("[null, [1, null, \"z\"], true]"));
  assert_ok(yata_text_delete(doc, text, 0, 5));
  assert_ok(yata_text_insert_with(doc, text, 0, "x", 1, &word));
  assert_ok(yata_text_insert_with(doc, text, 1, "y", 1, &list));
  assert_markup(doc, text, "<w 0=\"h\" 1=\"i\">x</w><l 0=\"null\" 1=\"1,,z\" 2=\"true\">y</l>");
  assert_ok(yata_txn_commit(doc, NULL));
  yata_doc_destroy(doc);
}

static void values_are_printed_as_in_javascript(void **state) {
  (void)state;
  OBJECT(object, "k", yata_any_null());
  yata_doc *doc = new_doc(1);
  yata_type e, inner;
  yata_any bigint = {.kind = YATA_ANY_BIGINT, .u.bigint = -5}, binary = yata_any_string("\x01\x02"), list = {0};
  yata_any items[] = {yata_any_number(1), yata_any_null(), yata_any_string("s")};
  binary.kind = YATA_ANY_BINARY;
  list.kind = YATA_ANY_ARRAY;
  list.u.array.items = items;
  list.u.array.len = 3;
  assert_ok(yata_root(doc, "e", YATA_KIND_XML_ELEMENT, &e));
  assert_ok(yata_txn_begin(doc));
  set(doc, e, "a", object);
  set(doc, e, "b", bigint);
  set(doc, e, "c", binary);
  set(doc, e, "d", list);
  set(doc, e, "e", yata_any_number(1e-7));
  set(doc, e, "f", yata_any_null());
  set(doc, e, "g", yata_any_number((double)INFINITY));
  assert_ok(yata_map_set_type(doc, e, "h", 1, YATA_KIND_TEXT, &inner));
  assert_ok(yata_text_insert(doc, inner, 0, "in", 2));
  assert_ok(yata_map_set_xml(doc, e, "i", 1, YATA_KIND_XML_HOOK, "hook", &inner));
  assert_markup(doc, e,
                "<undefined a=\"[object Object]\" b=\"-5\" c=\"1,2\" d=\"1,,s\" e=\"1e-7\" f=\"null\" g=\"Infinity\" "
                "h=\"in\" i=\"[object Object]\"></undefined>");
  assert_ok(yata_txn_commit(doc, NULL));
  yata_doc_destroy(doc);
}

static void types_of_every_kind_are_made_everywhere(void **state) {
  (void)state;
  static const enum yata_kind kinds[] = {YATA_KIND_ARRAY,       YATA_KIND_MAP,      YATA_KIND_TEXT,
                                         YATA_KIND_XML_ELEMENT, YATA_KIND_XML_HOOK, YATA_KIND_XML_FRAGMENT,
                                         YATA_KIND_XML_TEXT};
  yata_doc *doc = new_doc(1), *copy = new_doc(2);
  yata_type roots[7], made;
  yata_buf update = YATA_BUF_INIT;
  char name[2] = "a";
  for (int i = 0; i < 7; i++, name[0]++) {
    assert_ok(yata_root(doc, name, kinds[i], &roots[i]));
    assert_int_equal(yata_root(doc, name, kinds[(i + 1) % 7], &made), YATA_ERR_KIND);
  }
  assert_ok(yata_txn_begin(doc));
  for (int i = 0; i < 7; i++) {
    const char *given = kinds[i] == YATA_KIND_XML_ELEMENT || kinds[i] == YATA_KIND_XML_HOOK ? "name" : NULL;
    assert_ok(yata_xml_insert(doc, roots[0], 0, kinds[i], given, &made));
    assert_int_equal(yata_type_kind(doc, made), kinds[i]);
    assert_ok(yata_map_set_xml(doc, roots[1], "k", 1, kinds[i], given, &made));
    assert_ok(yata_text_insert_type(doc, roots[2], 0, kinds[i], given, NULL, &made));
    assert_ok(yata_xml_insert(doc, roots[3], 0, kinds[i], given, &made));
    assert_int_equal(yata_xml_insert(doc, roots[0], 0, kinds[i], given ? NULL : "name", &made),
                     kinds[i] == YATA_KIND_XML_ELEMENT ? 0 : YATA_ERR_INVALID);
    assert_ok(yata_doc_check(doc));
  }
  assert_int_equal(yata_array_insert_type(doc, roots[0], 0, YATA_KIND_NONE, &made), YATA_ERR_INVALID);
  assert_int_equal(yata_xml_insert(doc, roots[1], 0, YATA_KIND_MAP, NULL, &made), YATA_ERR_KIND);
  assert_int_equal(yata_root(doc, "x", YATA_KIND_NONE, &made), YATA_ERR_INVALID);
  assert_ok(yata_txn_commit(doc, &update));
  assert_ok(yata_apply_update(copy, update.data, update.len, NULL));
  assert_same(doc, copy);
  yata_buf_deinit(&update);
  yata_doc_destroy(doc);
  yata_doc_destroy(copy);
}

static void markup_has_a_greatest_depth(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type at, root;
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_xml_fragment(doc, "x", &root));
  assert_ok(yata_txn_begin(doc));
  at = root;
  for (int i = 0; i < 300; i++) assert_ok(yata_xml_insert(doc, at, 0, YATA_KIND_XML_ELEMENT, "p", &at));
  assert_int_equal(yata_xml_to_string(doc, root, &out), YATA_ERR_LIMIT);
  assert_int_equal(out.len, 0);
  assert_ok(yata_xml_to_string(doc, at, &out));
  assert_ok(yata_txn_commit(doc, NULL));
  yata_buf_deinit(&out);
  yata_doc_destroy(doc);
}

/* ---- arrays and maps -------------------------------------------------------------------------- */

static void pushing_goes_behind_what_was_deleted(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1), *other = new_doc(2);
  yata_type a, b;
  yata_any v[] = {yata_any_number(1), yata_any_number(2), yata_any_number(3)};
  assert_ok(yata_array(doc, "a", &a));
  assert_ok(yata_array(other, "a", &b));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_array_push(doc, a, v, 2));
  assert_ok(yata_array_delete(doc, a, 1, 1));
  assert_ok(yata_array_push(doc, a, v + 2, 1));
  assert_ok(yata_array_push(doc, a, v, 0));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_json(doc, a, "[1,3]");
  sync_to(doc, other, NULL);
  assert_json(other, b, "[1,3]");
  yata_doc_destroy(doc);
  yata_doc_destroy(other);
}

static void an_array_is_walked_from_any_index(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type a;
  yata_any v[50];
  assert_ok(yata_array(doc, "a", &a));
  assert_ok(yata_txn_begin(doc));
  for (int i = 0; i < 50; i++) v[i] = yata_any_number(i);
  assert_ok(yata_array_insert(doc, a, 0, v + 40, 10));
  for (int i = 40; i-- > 0;) assert_ok(yata_array_insert(doc, a, 0, v + i, 1));
  for (uint32_t from = 0; from <= 50; from++) {
    yata_array_cursor cursor;
    yata_value got;
    uint32_t i = from;
    assert_ok(yata_array_seek(doc, a, from, &cursor));
    while (yata_array_next(doc, a, &cursor, &got) == 0) assert_true(got.any.u.number == i++);
    assert_int_equal(i, 50);
  }
  yata_array_cursor cursor;
  assert_int_equal(yata_array_seek(doc, a, 51, &cursor), YATA_ERR_RANGE);
  assert_ok(yata_txn_commit(doc, NULL));
  yata_doc_destroy(doc);
}

static void a_map_is_cleared(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type m, inner;
  uint32_t n;
  assert_ok(yata_map(doc, "m", &m));
  assert_ok(yata_txn_begin(doc));
  set(doc, m, "a", yata_any_number(1));
  assert_ok(yata_map_set_type(doc, m, "b", 1, YATA_KIND_MAP, &inner));
  set(doc, inner, "c", yata_any_number(1));
  assert_true(yata_map_has(doc, m, "b", 1));
  assert_ok(yata_map_clear(doc, m));
  assert_false(yata_map_has(doc, m, "b", 1));
  assert_ok(yata_map_length(doc, m, &n));
  assert_int_equal(n, 0);
  assert_int_equal(yata_map_clear(doc, inner), YATA_ERR_GONE);
  set(doc, m, "a", yata_any_number(2));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_json(doc, m, "{\"a\":2}");
  assert_int_equal(yata_map_clear(doc, m), YATA_ERR_STATE);
  yata_doc_destroy(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(elements_have_attributes_and_children),
      cmocka_unit_test(children_are_inserted_behind_others),
      cmocka_unit_test(formatted_text_is_printed_as_sorted_tags),
      cmocka_unit_test(values_are_printed_as_in_javascript),
      cmocka_unit_test(types_of_every_kind_are_made_everywhere),
      cmocka_unit_test(markup_has_a_greatest_depth),
      cmocka_unit_test(pushing_goes_behind_what_was_deleted),
      cmocka_unit_test(an_array_is_walked_from_any_index),
      cmocka_unit_test(a_map_is_cleared),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
