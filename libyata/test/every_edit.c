/* SPDX-License-Identifier: MIT */
/* Local edits of every type, undo. A transaction is left open: it is given up. */
#include <math.h>

#include "every.h"

static const yata_any text_of_some_length = {.kind = YATA_ANY_STRING,
                                             .u.bytes = {(const uint8_t *)"more than twelve bytes", 22}};

/* In a transaction: outside of one an array or XML is a step of the manager. */
static int roots(struct world *w) {
  yata_type t;
  int err = yata_txn_begin(w->doc);
  THEN(yata_text(w->doc, "a new text", &t));
  THEN(yata_map(w->doc, "a new map", &t));
  THEN(yata_array(w->doc, "a new array", &t));
  THEN(yata_xml_fragment(w->doc, "new xml", &t));
  THEN(yata_root(w->doc, "new xml text", YATA_KIND_XML_TEXT, &t));
  return err;
}

static int texts(struct world *w) {
  yata_type made;
  OBJECT(attributes, "color", yata_any_string("red"));
  OBJECT(not_a_number, "odd", yata_any_number(NAN));
  int err = yata_txn_begin(w->doc);
  THEN(yata_text_insert(w->doc, w->text, 1, "😀", 4));
  THEN(yata_text_insert_with(w->doc, w->text, 1, "odd", 3, &not_a_number));
  THEN(yata_text_insert(w->doc, w->text, 2, "NaN", 3));
  THEN(yata_text_insert_with(w->doc, w->text, 2, "formatted", 9, &attributes));
  THEN(yata_text_insert_embed(w->doc, w->text, 3, &text_of_some_length, NULL) == YATA_ERR_INVALID ? 0 : -100);
  THEN(yata_text_insert_embed(w->doc, w->text, 3, &attributes, &attributes));
  THEN(yata_text_insert_type(w->doc, w->text, 1, YATA_KIND_MAP, NULL, &attributes, &made));
  THEN(yata_text_format(w->doc, w->text, 1, 6, &attributes));
  THEN(yata_text_delete(w->doc, w->text, 2, 3));
  return err;
}

static int deltas(struct world *w) {
  yata_type made;
  OBJECT(attributes, "color", yata_any_string("red"));
  const yata_text_op ops[] = {
      {.kind = YATA_TEXT_RETAIN, .len = 2, .attributes = &attributes},
      {.kind = YATA_TEXT_INSERT, .text = {(const uint8_t *)"new", 3}},
      {.kind = YATA_TEXT_DELETE, .len = 2},
      {.kind = YATA_TEXT_EMBED, .embed = attributes},
      {.kind = YATA_TEXT_TYPE, .type_kind = YATA_KIND_ARRAY, .type_out = &made, .attributes = &attributes},
  };
  int err = yata_txn_begin(w->doc);
  THEN(yata_text_apply_delta(w->doc, w->text, ops, 5));
  return err;
}

static int maps(struct world *w) {
  yata_type made;
  int err = yata_txn_begin(w->doc);
  THEN(yata_map_set(w->doc, w->map, "a new key", 9, &text_of_some_length));
  THEN(yata_map_set_type(w->doc, w->map, "text", 4, YATA_KIND_TEXT, &made));
  THEN(yata_map_set_xml(w->doc, w->map, "xml", 3, YATA_KIND_XML_ELEMENT, "name", &made));
  THEN(yata_map_delete(w->doc, w->map, "key", 3));
  THEN(yata_map_clear(w->doc, w->map));
  return err;
}

static int arrays(struct world *w) {
  const yata_any values[] = {text_of_some_length, yata_any_number(1.5),   yata_any_bool(true),
                             yata_any_null(),     yata_any_string("one"), yata_any_string_n("two", 3)};
  yata_type made;
  int err = yata_txn_begin(w->doc);
  THEN(yata_array_insert(w->doc, w->array, 1, values, 6));
  THEN(yata_array_push(w->doc, w->array, values, 2));
  THEN(yata_array_insert_type(w->doc, w->array, 1, YATA_KIND_ARRAY, &made));
  THEN(yata_array_delete(w->doc, w->array, 0, 3));
  return err;
}

static int xml(struct world *w) {
  yata_type made;
  int err = yata_txn_begin(w->doc);
  THEN(yata_xml_insert(w->doc, w->fragment, 1, YATA_KIND_XML_HOOK, "hook", &made));
  THEN(yata_xml_insert_after(w->doc, w->fragment, w->element, YATA_KIND_XML_ELEMENT, "div", &made));
  THEN(yata_map_set(w->doc, made, "class", 5, &text_of_some_length));
  return err;
}

static int subdocs(struct world *w) {
  OBJECT(meta, "a", yata_any_number(1));
  const yata_subdoc_options options = {.guid = "a new one", .meta = &meta};
  yata_subdoc s;
  yata_id id;
  uint32_t cursor = 0;
  int err = yata_subdoc_next(w->doc, &cursor, &id);
  THEN(yata_subdoc_get(w->doc, id, &s));
  if (err == 0) yata_value_deinit(&s.options);
  THEN(yata_txn_begin(w->doc));
  THEN(yata_map_set_subdoc(w->doc, w->map, "sub", 3, &options, &id));
  THEN(yata_array_insert_subdoc(w->doc, w->array, 0, &options, &id));
  THEN(yata_subdoc_unload(w->doc, id));
  THEN(yata_subdoc_load(w->doc, id));
  return err;
}

/* ---- relative positions ------------------------------------------------------------------- */

static int at_positions(struct world *w) {
  yata_relpos from = {.name = {.alloc = &w->alloc}}, to = from, in_array = from;
  int err = yata_relpos_create(w->doc, w->text, 2, 0, &from);
  THEN(yata_relpos_create(w->doc, w->text, 5, -1, &to));
  THEN(yata_relpos_create(w->doc, w->array, 3, 0, &in_array));
  THEN(yata_txn_begin(w->doc));
  THEN(yata_relpos_insert_text(w->doc, &from, "here", 4));
  THEN(yata_relpos_insert(w->doc, &in_array, &text_of_some_length, 1));
  THEN(yata_relpos_delete(w->doc, &from, &to));
  yata_relpos_deinit(&from);
  yata_relpos_deinit(&to);
  yata_relpos_deinit(&in_array);
  return err;
}

/* ---- undo --------------------------------------------------------------------------------- */

static int undo(struct world *w) {
  bool done;
  return yata_undo_undo(w->undo, 40000, NULL, &done);
}

static int redo(struct world *w) {
  bool done;
  yata_buf update;
  yata_buf_init(&update, &w->alloc);
  int err = yata_undo_redo(w->undo, 40000, &update, &done);
  if (err < 0) assert_int_equal(update.len, 0);
  yata_buf_deinit(&update);
  return err;
}

static int forget(struct world *w) {
  return yata_undo_clear(w->undo, true, true, 40000);
}

static int manage(struct world *w) {
  const void *const origins[] = {w, &w->doc};
  const yata_undo_options o = {.scope = &w->text, .n_scope = 1, .origins = origins, .n_origins = 2};
  yata_undo_manager *m = NULL;
  const yata_cause cause = {&w->array, 50000};
  int err = yata_undo_create(w->doc, &o, &m);
  THEN(yata_undo_add_scope(m, w->array));
  THEN(yata_undo_add_origin(m, &w->array));
  THEN(yata_txn_begin_as(w->doc, &cause));
  THEN(yata_array_delete(w->doc, w->array, 0, 1));
  if (err < 0) {
    yata_txn_abort(w->doc);
  } else {
    yata_undo_stop_capturing(m);
    AGAIN(yata_txn_commit(w->doc, NULL));
    yata_undo_remove_origin(m, &w->array);
    assert_int_equal(yata_undo_depth(m, YATA_STACK_UNDO), 1);
  }
  yata_undo_destroy(m);
  return err;
}

const struct scenario every_edit[] = {
    {"roots", roots},   {"texts", texts}, {"deltas", deltas},   {"maps", maps},
    {"arrays", arrays}, {"xml", xml},     {"subdocs", subdocs}, {"at positions", at_positions},
    {"undo", undo},     {"redo", redo},   {"forget", forget},   {"manage", manage},
    {NULL, NULL},
};
