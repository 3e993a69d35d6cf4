/* SPDX-License-Identifier: MIT */
/* Maps, arrays, formatted text and XML. */
#include "must.h"

/* [map] */
static void fill_map(yata_doc *doc) {
  yata_type todo, items, entry;
  yata_any title = yata_any_string("Shopping"), done = yata_any_bool(false);
  yata_any_entry fields[] = {{.key = {(const uint8_t *)"lat", 3}, .value = yata_any_number(48.2)},
                             {.key = {(const uint8_t *)"lon", 3}, .value = yata_any_number(16.4)}};
  yata_any place = {.kind = YATA_ANY_OBJECT, .u.object = {fields, 2}};
  must(yata_map(doc, "todo", &todo));
  must(yata_txn_begin(doc));
  must(yata_map_set(doc, todo, "title", 5, &title));
  must(yata_map_set(doc, todo, "place", 5, &place));                       /* plain: set as a whole, one writer wins */
  must(yata_map_set_type(doc, todo, "items", 5, YATA_KIND_ARRAY, &items)); /* shared: merges */
  must(yata_array_insert_type(doc, items, 0, YATA_KIND_MAP, &entry));
  must(yata_map_set(doc, entry, "done", 4, &done));
  must(yata_txn_commit(doc, NULL));
  print_json("todo", doc, todo);
}
/* [end] */

/* [read] */
static void read_map(yata_doc *doc) {
  yata_type todo;
  yata_slice key;
  uint32_t cursor = 0;
  must(yata_map(doc, "todo", &todo));
  while (yata_map_next(doc, todo, &cursor, &key) == 0) {
    yata_value value;
    must(yata_map_get(doc, todo, (const char *)key.data, key.len, &value));
    const char *kind = value.type.slot != 0                ? "a shared type"
                       : value.any.kind == YATA_ANY_STRING ? "a string"
                       : value.any.kind == YATA_ANY_OBJECT ? "an object"
                                                           : "something else";
    printf("%.*s is %s\n", (int)key.len, (const char *)key.data, kind);
    yata_value_deinit(&value);
  }
}
/* [end] */

/* [array] */
static void fill_array(yata_doc *doc) {
  yata_type list;
  yata_array_cursor cursor = {0};
  yata_value value;
  yata_any values[] = {yata_any_number(1), yata_any_number(2), yata_any_number(4)}, three = yata_any_number(3);
  double sum = 0;
  must(yata_array(doc, "list", &list));
  must(yata_txn_begin(doc));
  must(yata_array_insert(doc, list, 0, values, 3));
  must(yata_array_insert(doc, list, 2, &three, 1));
  must(yata_array_delete(doc, list, 0, 1));
  must(yata_txn_commit(doc, NULL));
  while (yata_array_next(doc, list, &cursor, &value) == 0) {
    sum += value.any.u.number;
    yata_value_deinit(&value);
  }
  print_json("list", doc, list);
  printf("sum %g\n", sum);
}
/* [end] */

/* [rich] */
static void fill_text(yata_doc *doc) {
  yata_type text;
  yata_buf delta = YATA_BUF_INIT;
  yata_any_entry bold_on = {.key = {(const uint8_t *)"bold", 4}, .value = yata_any_bool(true)};
  yata_any_entry image_url = {.key = {(const uint8_t *)"image", 5}, .value = yata_any_string("cat.png")};
  yata_any bold = {.kind = YATA_ANY_OBJECT, .u.object = {&bold_on, 1}};
  yata_any image = {.kind = YATA_ANY_OBJECT, .u.object = {&image_url, 1}};
  must(yata_text(doc, "rich", &text));
  must(yata_txn_begin(doc));
  must(yata_text_insert(doc, text, 0, "a bold word", 11));
  must(yata_text_format(doc, text, 2, 4, &bold));
  must(yata_text_insert_embed(doc, text, 11, &image, NULL));
  must(yata_txn_commit(doc, NULL));
  must(yata_text_delta(doc, text, &delta));
  printf("%.*s\n", (int)delta.len, (const char *)delta.data);
  yata_buf_deinit(&delta);
}
/* [end] */

/* [xml] */
static void fill_xml(yata_doc *doc) {
  yata_type page, paragraph, text;
  yata_buf xml = YATA_BUF_INIT;
  yata_any align = yata_any_string("center");
  must(yata_xml_fragment(doc, "page", &page));
  must(yata_txn_begin(doc));
  must(yata_xml_insert(doc, page, 0, YATA_KIND_XML_ELEMENT, "p", &paragraph));
  must(yata_map_set(doc, paragraph, "align", 5, &align)); /* an attribute */
  must(yata_xml_insert(doc, paragraph, 0, YATA_KIND_XML_TEXT, NULL, &text));
  must(yata_text_insert(doc, text, 0, "hello", 5));
  must(yata_txn_commit(doc, NULL));
  must(yata_xml_to_string(doc, page, &xml));
  printf("%.*s\n", (int)xml.len, (const char *)xml.data);
  yata_buf_deinit(&xml);
}
/* [end] */

int main(void) {
  yata_options one = {.client_id = 1};
  yata_doc *doc;
  must(yata_doc_create(&one, &doc));
  fill_map(doc);
  read_map(doc);
  fill_array(doc);
  fill_text(doc);
  fill_xml(doc);
  print_json("everything", doc, (yata_type){0, 0});
  yata_doc_destroy(doc);
  return 0;
}
