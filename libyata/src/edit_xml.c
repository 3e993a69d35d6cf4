/* SPDX-License-Identifier: MIT */
/* Shared types of all kinds: how they are named, made and walked; XML above all. */
#include "edit.h"

int yata_type_name_check(enum yata_kind kind, const char *name, yata_slice *out) {
  uint32_t units;
  *out = (yata_slice){NULL, 0};
  if (kind < YATA_KIND_ARRAY || kind > YATA_KIND_XML_TEXT) return YATA_ERR_INVALID;
  if (kind != YATA_KIND_XML_ELEMENT && kind != YATA_KIND_XML_HOOK) return name == NULL ? 0 : YATA_ERR_INVALID;
  if (name == NULL && kind == YATA_KIND_XML_HOOK) return YATA_ERR_INVALID;
  if (name == NULL) name = YATA_XML_UNNAMED;
  *out = (yata_slice){(const uint8_t *)name, strlen(name)};
  return yata_utf8_check(out->data, out->len, &units) ? 0 : YATA_ERR_INVALID;
}

/* ---- up, down and along --------------------------------------------------------------------- */

int yata_type_parent(const yata_doc *doc, yata_type type, yata_type *out) {
  uint32_t t;
  YATA_TRY(yata_handle(doc, type, YATA_KIND_NONE, &t));
  *out = (yata_type){0, 0};
  if (doc->types[t].item == 0) return YATA_ERR_NOT_FOUND;
  *out = yata_handle_of(doc, doc->items[doc->types[t].item].parent);
  return 0;
}

int yata_xml_name(const yata_doc *doc, yata_type xml, yata_slice *out) {
  uint32_t t;
  YATA_TRY(yata_handle(doc, xml, YATA_KIND_NONE, &t));
  enum yata_kind kind = (enum yata_kind)doc->types[t].kind;
  if (kind != YATA_KIND_XML_ELEMENT && kind != YATA_KIND_XML_HOOK) return YATA_ERR_KIND;
  *out = yata_xml_name_of(doc, t);
  return 0;
}

yata_slice yata_xml_name_of(const struct yata_doc *doc, uint32_t t) {
  static const char unnamed[] = YATA_XML_UNNAMED;
  if (doc->types[t].item == 0) return (yata_slice){(const uint8_t *)unnamed, sizeof(unnamed) - 1};
  return yata_key_bytes(doc, doc->types[t].name);
}

/* From an item on, itself included: the first that is visible. What it holds, if that is a type. */
static int visible(const struct yata_doc *doc, uint32_t h, bool leftwards, yata_type *out) {
  while (h != 0 && !yata_item_counts(&doc->items[h])) h = leftwards ? doc->items[h].left : doc->items[h].right;
  *out = (yata_type){0, 0};
  if (h == 0) return YATA_ERR_NOT_FOUND;
  if (doc->items[h].kind != YATA_WIRE_TYPE) return YATA_ERR_KIND;
  *out = yata_handle_of(doc, doc->items[h].content);
  return 0;
}

int yata_xml_first_child(const yata_doc *doc, yata_type parent, yata_type *out) {
  uint32_t t;
  YATA_TRY(yata_handle(doc, parent, YATA_KIND_ARRAY, &t));
  return visible(doc, doc->types[t].start, false, out);
}

static int sibling(const struct yata_doc *doc, yata_type type, bool leftwards, yata_type *out) {
  uint32_t t;
  YATA_TRY(yata_handle(doc, type, YATA_KIND_NONE, &t));
  *out = (yata_type){0, 0};
  uint32_t h = doc->types[t].item;
  if (h == 0 || doc->items[h].key != 0) return YATA_ERR_NOT_FOUND;
  return visible(doc, leftwards ? doc->items[h].left : doc->items[h].right, leftwards, out);
}

int yata_xml_next_sibling(const yata_doc *doc, yata_type type, yata_type *out) {
  return sibling(doc, type, false, out);
}

int yata_xml_prev_sibling(const yata_doc *doc, yata_type type, yata_type *out) {
  return sibling(doc, type, true, out);
}

/* ---- making types --------------------------------------------------------------------------- */

static int insert_child(struct yata_doc *doc, uint32_t t, uint32_t left, uint32_t right, enum yata_kind kind,
                        yata_slice name, yata_type *out) {
  struct yata_new n;
  uint32_t h;
  YATA_TRY(yata_local_item(doc, t, 0, left, right, 1, &n));
  n.kind = YATA_WIRE_TYPE;
  n.type_kind = kind;
  n.type_name = name;
  YATA_TRY(yata_integrate(doc, &n, &h));
  *out = yata_handle_of(doc, doc->items[h].content);
  return 0;
}

static int insert_at(struct yata_doc *doc, uint32_t t, uint32_t index, enum yata_kind kind, yata_slice name,
                     yata_type *out) {
  uint32_t left, right;
  YATA_TRY(yata_position(doc, t, index, &left, &right));
  return insert_child(doc, t, left, right, kind, name, out);
}

int yata_xml_insert(yata_doc *doc, yata_type parent, uint32_t index, enum yata_kind kind, const char *name,
                    yata_type *out) {
  struct yata_op op;
  yata_slice s;
  uint32_t t;
  YATA_TRY(yata_type_name_check(kind, name, &s));
  YATA_TRY(yata_handle(doc, parent, YATA_KIND_ARRAY, &t));
  if (index > doc->types[t].length) return YATA_ERR_RANGE;
  YATA_TRY(yata_op_begin(doc, &op));
  return yata_op_end(doc, &op, insert_at(doc, t, index, kind, s, out));
}

int yata_xml_insert_after(yata_doc *doc, yata_type parent, yata_type after, enum yata_kind kind, const char *name,
                          yata_type *out) {
  struct yata_op op;
  yata_slice s;
  uint32_t t, ref, left = 0, right;
  YATA_TRY(yata_type_name_check(kind, name, &s));
  YATA_TRY(yata_handle(doc, parent, YATA_KIND_ARRAY, &t));
  right = doc->types[t].start;
  if (after.slot != 0) {
    YATA_TRY(yata_handle(doc, after, YATA_KIND_NONE, &ref));
    left = doc->types[ref].item;
    if (left == 0 || doc->items[left].parent != t || doc->items[left].key != 0) return YATA_ERR_INVALID;
    right = doc->items[left].right;
  }
  YATA_TRY(yata_op_begin(doc, &op));
  doc->types[t].mark = 0; /* it may be behind the child */
  return yata_op_end(doc, &op, insert_child(doc, t, left, right, kind, s, out));
}
