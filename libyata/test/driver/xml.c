/* SPDX-License-Identifier: MIT */
/* XML, and what else arrays, maps and types of any kind have. */
#include "driver.h"

static const char *name_of(struct request *r) {
  const char *name = driver_name(r);
  return *name != 0 ? name : NULL;
}

static int insert(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r), made;
  uint32_t index = driver_u32(r);
  enum yata_kind kind = driver_kind(r);
  int err = yata_xml_insert(doc, t, index, kind, name_of(r), &made);
  return err < 0 ? err : driver_put_type(out, made);
}

static int insert_after(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r), after = driver_type(r), made;
  enum yata_kind kind = driver_kind(r);
  int err = yata_xml_insert_after(doc, t, after, kind, name_of(r), &made);
  return err < 0 ? err : driver_put_type(out, made);
}

static int map_set(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r), made;
  yata_slice key = driver_bytes(r);
  enum yata_kind kind = driver_kind(r);
  int err = yata_map_set_xml(doc, t, (const char *)key.data, key.len, kind, name_of(r), &made);
  return err < 0 ? err : driver_put_type(out, made);
}

static int to_string(struct request *r, yata_doc *doc, yata_buf *out) {
  return yata_xml_to_string(doc, driver_type(r), out);
}

static int to_json(struct request *r, yata_doc *doc, yata_buf *out) {
  return yata_to_json(doc, driver_type(r), out);
}

static int push(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  uint32_t n = driver_u32(r);
  yata_any *values = driver_take(n * sizeof(*values));
  (void)out;
  for (uint32_t i = 0; i < n; i++) values[i] = driver_any(r);
  return yata_array_push(doc, t, values, n);
}

static int clear(struct request *r, yata_doc *doc, yata_buf *out) {
  (void)out;
  return yata_map_clear(doc, driver_type(r));
}

static int walk(int (*to)(const yata_doc *, yata_type, yata_type *), struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type found;
  int err = to(doc, driver_type(r), &found);
  return err < 0 ? err : driver_put_type(out, found);
}

static int parent(struct request *r, yata_doc *doc, yata_buf *out) {
  return walk(yata_type_parent, r, doc, out);
}

static int first_child(struct request *r, yata_doc *doc, yata_buf *out) {
  return walk(yata_xml_first_child, r, doc, out);
}

static int next_sibling(struct request *r, yata_doc *doc, yata_buf *out) {
  return walk(yata_xml_next_sibling, r, doc, out);
}

static int prev_sibling(struct request *r, yata_doc *doc, yata_buf *out) {
  return walk(yata_xml_prev_sibling, r, doc, out);
}

const struct operation driver_xml[] = {
    {"xml insert", insert, false},
    {"xml insert after", insert_after, false},
    {"map set xml", map_set, false},
    {"xml string", to_string, false},
    {"type json", to_json, false},
    {"push", push, false},
    {"clear", clear, false},
    {"parent", parent, false},
    {"first child", first_child, false},
    {"next sibling", next_sibling, false},
    {"prev sibling", prev_sibling, false},
    {NULL, NULL, false},
};
