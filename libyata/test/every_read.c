/* SPDX-License-Identifier: MIT */
/* Reading: types, values, relative positions, authors. */
#include "every.h"

static int texts(struct world *w) {
  yata_text_cursor cursor = {0};
  yata_text_run run;
  uint32_t n;
  int err = yata_text_length(w->doc, w->text, &n), got = 0;
  THEN(yata_text_read(w->doc, w->text, &w->out));
  while (err == 0 && (got = yata_text_next(w->doc, w->text, &cursor, &run)) == 0) n -= run.len;
  yata_text_cursor_deinit(w->doc, &cursor);
  if (err == 0 && got == YATA_ERR_NOT_FOUND) assert_int_equal(n, 0);
  if (err == 0 && got != YATA_ERR_NOT_FOUND) err = got;
  yata_buf_clear(&w->out);
  THEN(yata_text_delta(w->doc, w->text, &w->out));
  yata_buf_clear(&w->out);
  return err;
}

static int maps(struct world *w) {
  yata_value v = {0};
  yata_slice key;
  uint32_t cursor = 0, n;
  int err = yata_map_length(w->doc, w->map, &n);
  THEN(yata_map_next(w->doc, w->map, &cursor, &key));
  THEN(yata_map_get(w->doc, w->map, "key", 3, &v));
  assert_true(yata_map_has(w->doc, w->map, "key", 3));
  yata_value_deinit(&v);
  return err;
}

static int arrays(struct world *w) {
  yata_array_cursor cursor = {0};
  yata_value v = {0}, next = {0};
  uint32_t n;
  int err = yata_array_length(w->doc, w->array, &n);
  THEN(yata_array_get(w->doc, w->array, 1, &v));
  THEN(yata_array_seek(w->doc, w->array, 1, &cursor));
  THEN(yata_array_next(w->doc, w->array, &cursor, &next));
  yata_value_deinit(&v);
  yata_value_deinit(&next);
  return err;
}

static int xml(struct world *w) {
  yata_type child, other, parent;
  yata_slice name;
  int err = yata_xml_first_child(w->doc, w->fragment, &child);
  THEN(yata_xml_name(w->doc, child, &name));
  THEN(yata_xml_next_sibling(w->doc, child, &other));
  THEN(yata_xml_prev_sibling(w->doc, other, &other));
  THEN(yata_type_parent(w->doc, other, &parent));
  if (err == 0) assert_int_equal(yata_type_kind(w->doc, parent), YATA_KIND_XML_FRAGMENT);
  THEN(yata_xml_to_string(w->doc, w->fragment, &w->out));
  yata_buf_clear(&w->out);
  return err;
}

static int whole(struct world *w) {
  yata_type t;
  yata_slice name;
  uint32_t cursor = 0;
  int err = yata_root_next(w->doc, &cursor, &t, &name);
  assert_int_equal(yata_type_guess(w->doc, w->text), YATA_KIND_TEXT);
  THEN(yata_to_json(w->doc, (yata_type){0, 0}, &w->out));
  if (err < 0) assert_int_equal(w->out.len, 0);
  yata_buf_clear(&w->out);
  return err;
}

/* ---- relative positions, authors ---------------------------------------------------------- */

static int positions(struct world *w) {
  yata_relpos a = {.name = {.alloc = &w->alloc}}, b = a;
  yata_buf json;
  yata_type t;
  uint32_t index, length;
  yata_buf_init(&json, &w->alloc);
  assert_ok(yata_text_length(w->doc, w->text, &length));
  int err = yata_relpos_create(w->doc, w->text, length, 0, &a);
  THEN(yata_relpos_encode(&a, &w->out));
  THEN(yata_relpos_to_json(&a, &json));
  THEN(yata_relpos_decode(&b, w->out.data, w->out.len));
  THEN(yata_relpos_from_json(&b, (const char *)json.data, json.len));
  if (err == 0) assert_true(yata_relpos_equal(&a, &b));
  THEN(yata_relpos_resolve(w->doc, &b, true, &t, &index));
  if (err == 0) assert_int_equal(index, length);
  yata_relpos_deinit(&a);
  yata_relpos_deinit(&b);
  yata_buf_deinit(&json);
  yata_buf_clear(&w->out);
  return err;
}

static int authors(struct world *w) {
  yata_authors cursor = {1, 3};
  yata_range r, rest;
  yata_located place;
  int err = yata_authors_next(w->doc, w->text, &cursor, &r);
  rest = r;
  THEN(yata_locate_next(w->doc, &rest, &place));
  if (err == 0) assert_int_equal(place.index, 1);
  return err;
}

const struct scenario every_read[] = {
    {"read texts", texts}, {"read maps", maps},           {"read arrays", arrays}, {"read xml", xml},
    {"read all", whole},   {"read positions", positions}, {"authors", authors},    {NULL, NULL},
};
