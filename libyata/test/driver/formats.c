/* SPDX-License-Identifier: MIT */
/* Formatted text. Attributes are an object; undefined: none are given. */
#include "driver.h"

static const yata_any *optional(struct request *r) {
  yata_any *any = driver_take(sizeof(*any));
  *any = driver_any(r);
  return any->kind == YATA_ANY_UNDEFINED ? NULL : any;
}

/* Names that are empty are not given. */
static const char *name_of(struct request *r) {
  const char *name = driver_name(r);
  return *name != 0 ? name : NULL;
}

static int insert(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  uint32_t index = driver_u32(r);
  const yata_any *attributes = optional(r);
  yata_slice s = driver_bytes(r);
  (void)out;
  return yata_text_insert_with(doc, t, index, (const char *)s.data, s.len, attributes);
}

static int embed(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  uint32_t index = driver_u32(r);
  const yata_any *attributes = optional(r);
  yata_any value = driver_any(r);
  (void)out;
  return yata_text_insert_embed(doc, t, index, &value, attributes);
}

static int embed_type(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r), made;
  uint32_t index = driver_u32(r);
  const yata_any *attributes = optional(r);
  enum yata_kind kind = driver_kind(r);
  int err = yata_text_insert_type(doc, t, index, kind, name_of(r), attributes, &made);
  return err < 0 ? err : driver_put_type(out, made);
}

static int format(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  uint32_t index = driver_u32(r), count = driver_u32(r);
  const yata_any attributes = driver_any(r);
  (void)out;
  return yata_text_format(doc, t, index, count, &attributes);
}

/* i and text, e and an embed, t with kind and name, r or d and a length; before each its attributes. */
static yata_text_op read_op(struct request *r) {
  char kind = (char)driver_u8(r);
  yata_text_op op = {.attributes = optional(r)};
  switch (kind) {
  case 'i':
    op.kind = YATA_TEXT_INSERT;
    op.text = driver_bytes(r);
    break;
  case 'e':
    op.kind = YATA_TEXT_EMBED;
    op.embed = driver_any(r);
    break;
  case 't':
    op.kind = YATA_TEXT_TYPE;
    op.type_kind = driver_kind(r);
    op.type_name = name_of(r);
    break;
  default: op.kind = kind == 'r' ? YATA_TEXT_RETAIN : YATA_TEXT_DELETE; op.len = driver_u32(r);
  }
  return op;
}

static int apply_delta(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  uint32_t n = driver_u32(r);
  yata_text_op *ops = driver_take(n * sizeof(*ops));
  (void)out;
  for (uint32_t i = 0; i < n; i++) ops[i] = read_op(r);
  return yata_text_apply_delta(doc, t, ops, n);
}

static int to_delta(struct request *r, yata_doc *doc, yata_buf *out) {
  return yata_text_delta(doc, driver_type(r), out);
}

static void put_run(yata_buf *out, const yata_text_run *run) {
  driver_json(out, "{\"insert\":");
  if (run->kind == YATA_TEXT_INSERT)
    driver_json_string(out, run->text);
  else if (run->kind == YATA_TEXT_TYPE)
    driver_json(out, "{\"$type\":1}");
  else
    driver_json_any(out, &run->embed);
  driver_json(out, ",\"attributes\":{");
  for (size_t i = 0; i < run->n_attributes; i++) {
    driver_json_string(out, run->attributes[i].key);
    driver_json(out, ":");
    driver_json_any(out, &run->attributes[i].value);
    driver_json(out, ",");
  }
  driver_json_close(out, "}},");
}

/* As values, of which JSON lacks some. */
static int runs(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  yata_text_cursor cursor = {0};
  yata_text_run run;
  int err;
  driver_json(out, "[");
  while ((err = yata_text_next(doc, t, &cursor, &run)) == 0) put_run(out, &run);
  driver_json_close(out, "]");
  yata_text_cursor_deinit(doc, &cursor);
  return err == YATA_ERR_NOT_FOUND ? 0 : err;
}

int driver_embedded(yata_doc *doc, yata_type text, uint32_t index, yata_type *out) {
  yata_text_cursor cursor = {0};
  yata_text_run run;
  int err;
  while ((err = yata_text_next(doc, text, &cursor, &run)) == 0 && run.index + run.len <= index) {
  }
  if (err == 0 && run.kind != YATA_TEXT_TYPE) err = YATA_ERR_KIND;
  if (err == 0) *out = run.type;
  yata_text_cursor_deinit(doc, &cursor);
  return err;
}

static int embedded(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  int err = driver_embedded(doc, t, driver_u32(r), &t);
  return err < 0 ? err : driver_put_type(out, t);
}

static int tidied(struct request *r, yata_doc *doc, yata_buf *out) {
  (void)r;
  return yata_tidied(doc, out);
}

const struct operation driver_formats[] = {
    {"insert with", insert, false},
    {"embed", embed, false},
    {"embed type", embed_type, false},
    {"format", format, false},
    {"delta", apply_delta, false},
    {"to delta", to_delta, false},
    {"embedded", embedded, false},
    {"tidied", tidied, false},
    {"runs", runs, false},
    {NULL, NULL, false},
};
