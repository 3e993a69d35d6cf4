/* SPDX-License-Identifier: MIT */
/* A document as JSON. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "canonical.h"
#include "edit.h"
#include "number.h"
#include "print.h"

static int put(yata_buf *out, const char *text) {
  return yata_buf_put(out, text, strlen(text));
}

static int put_escaped(yata_buf *out, uint8_t c) {
  char code[8];
  switch (c) {
  case '"': return put(out, "\\\"");
  case '\\': return put(out, "\\\\");
  case '\n': return put(out, "\\n");
  case '\r': return put(out, "\\r");
  case '\t': return put(out, "\\t");
  case '\b': return put(out, "\\b");
  case '\f': return put(out, "\\f");
  default: snprintf(code, sizeof(code), "\\u%04x", c); return put(out, code);
  }
}

static int put_inner(yata_buf *out, const uint8_t *p, size_t len) {
  size_t from = 0;
  if (len == 0) return 0;
  for (size_t i = 0; i < len; i++) {
    if (p[i] >= 0x20 && p[i] != '"' && p[i] != '\\') continue;
    YATA_TRY(yata_buf_put(out, p + from, i - from));
    YATA_TRY(put_escaped(out, p[i]));
    from = i + 1;
  }
  return yata_buf_put(out, p + from, len - from);
}

int yata_json_put_string(yata_buf *out, yata_slice s) {
  YATA_TRY(put(out, "\""));
  YATA_TRY(put_inner(out, s.data, s.len));
  return put(out, "\"");
}

int yata_json_put_number(yata_buf *out, double v) {
  if (isnan(v) || isinf(v)) return put(out, "null");
  YATA_TRY(yata_buf_reserve(out, YATA_NUMBER_MAX));
  out->len += yata_number_write((char *)out->data + out->len, v);
  return 0;
}

int yata_json_put_bigint(yata_buf *out, int64_t v) {
  char text[24];
  snprintf(text, sizeof(text), "%lld", (long long)v);
  return put(out, text);
}

static int put_base64(yata_buf *out, const uint8_t *p, size_t len) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  YATA_TRY(put(out, "\""));
  for (size_t i = 0; i < len; i += 3) {
    size_t n = len - i < 3 ? len - i : 3;
    uint32_t v = (uint32_t)p[i] << 16 | (n > 1 ? (uint32_t)p[i + 1] << 8 : 0) | (n > 2 ? p[i + 2] : 0u);
    char four[4] = {digits[v >> 18], digits[v >> 12 & 63], digits[v >> 6 & 63], digits[v & 63]};
    if (n < 3) four[3] = '=';
    if (n < 2) four[2] = '=';
    YATA_TRY(yata_buf_put(out, four, 4));
  }
  return put(out, "\"");
}

static int put_any(yata_buf *out, const yata_any *any);

/* As JSON.stringify, members that are undefined are left out. */
static int put_object(yata_buf *out, const yata_any *any) {
  bool first = true;
  YATA_TRY(put(out, "{"));
  for (size_t i = 0; i < any->u.object.len; i++) {
    const yata_any_entry *e = &any->u.object.entries[i];
    if (e->value.kind == YATA_ANY_UNDEFINED) continue;
    if (!first) YATA_TRY(put(out, ","));
    first = false;
    YATA_TRY(yata_json_put_string(out, e->key));
    YATA_TRY(put(out, ":"));
    YATA_TRY(put_any(out, &e->value));
  }
  return put(out, "}");
}

/* Recursion is bounded by the nesting limit of values. */
static int put_any(yata_buf *out, const yata_any *any) {
  switch (any->kind) {
  case YATA_ANY_BOOL: return put(out, any->u.boolean ? "true" : "false");
  case YATA_ANY_NUMBER: return yata_json_put_number(out, any->u.number);
  case YATA_ANY_BIGINT: return yata_json_put_bigint(out, any->u.bigint);
  case YATA_ANY_STRING: return yata_json_put_string(out, (yata_slice){any->u.bytes.data, any->u.bytes.len});
  case YATA_ANY_JSON: return yata_buf_put(out, any->u.bytes.data, any->u.bytes.len);
  case YATA_ANY_BINARY: return put_base64(out, any->u.bytes.data, any->u.bytes.len);
  case YATA_ANY_ARRAY:
    for (size_t i = 0; i < any->u.array.len; i++) {
      YATA_TRY(put(out, i == 0 ? "[" : ","));
      YATA_TRY(put_any(out, &any->u.array.items[i]));
    }
    return put(out, any->u.array.len == 0 ? "[]" : "]");
  case YATA_ANY_OBJECT: return put_object(out, any);
  default: return put(out, "null");
  }
}

static int put_unit(struct yata_printer *pr, const struct yata_item *it, uint32_t offset, uint32_t depth) {
  yata_value v;
  if (it->kind == YATA_WIRE_TYPE) return yata_json_put_type(pr, it->content, depth + 1);
  if (it->kind == YATA_WIRE_DOC) return put(pr->out, "{}");
  YATA_TRY(yata_value_of(pr->doc, it, offset, &v));
  int err = put_any(pr->out, &v.any);
  yata_value_deinit(&v);
  return err;
}

static int put_list(struct yata_printer *pr, uint32_t t, uint32_t depth) {
  const struct yata_doc *doc = pr->doc;
  bool first = true;
  YATA_TRY(put(pr->out, "["));
  for (uint32_t h = doc->types[t].start; h != 0; h = doc->items[h].right) {
    if (!yata_item_counts(&doc->items[h])) continue;
    for (uint32_t i = 0; i < doc->items[h].len; i++) {
      if (!first) YATA_TRY(put(pr->out, ","));
      first = false;
      YATA_TRY(put_unit(pr, &doc->items[h], i, depth));
    }
  }
  return put(pr->out, "]");
}

static bool is_undefined(const yata_doc *doc, const struct yata_item *it) {
  if (it->kind != YATA_WIRE_ANY && it->kind != YATA_WIRE_JSON) return false;
  yata_slice raw = yata_value_bytes(&doc->clients[it->client].values, it->content + it->len - 1);
  return it->kind == YATA_WIRE_ANY ? raw.data[0] == 127 : raw.len == 10 && memcmp(raw.data, "\x09undefined", 10) == 0;
}

/* A member of an object whose key is an index. */
struct indexed {
  uint32_t index, ent;
};

static int compare(const void *a, const void *b) {
  const struct indexed *x = a, *y = b;
  return (x->index > y->index) - (x->index < y->index);
}

static bool is_shown(const yata_doc *doc, uint32_t t, uint32_t e) {
  const struct yata_item *it = &doc->items[doc->ents[e].item];
  return t == 0 || !((it->flags & YATA_ITEM_DELETED) || is_undefined(doc, it));
}

static int put_member(struct yata_printer *pr, uint32_t t, uint32_t e, uint32_t depth, bool *first) {
  const struct yata_doc *doc = pr->doc;
  if (!*first) YATA_TRY(put(pr->out, ","));
  *first = false;
  YATA_TRY(yata_json_put_string(pr->out, yata_key_bytes(doc, doc->ents[e].key)));
  YATA_TRY(put(pr->out, ":"));
  if (t == 0) return yata_json_put_type(pr, doc->ents[e].item, depth + 1);
  const struct yata_item *it = &doc->items[doc->ents[e].item];
  return put_unit(pr, it, it->len - 1, depth);
}

/* Those keys in order, as of an object of JavaScript. */
static int put_indexed(struct yata_printer *pr, uint32_t t, uint32_t depth, bool *first) {
  const struct yata_doc *doc = pr->doc;
  yata_buf found = {.alloc = pr->out->alloc};
  int err = 0;
  for (uint32_t e = doc->types[t].first; e != 0 && err == 0; e = doc->ents[e].next) {
    const struct indexed one = {yata_key_index(yata_key_bytes(doc, doc->ents[e].key)), e};
    if (one.index != YATA_NO_INDEX && is_shown(doc, t, e)) err = yata_buf_put(&found, &one, sizeof(one));
  }
  size_t n = found.len / sizeof(struct indexed);
  struct indexed *v = (struct indexed *)(void *)found.data;
  if (n > 1) qsort(v, n, sizeof(*v), compare);
  for (size_t i = 0; i < n && err == 0; i++) err = put_member(pr, t, v[i].ent, depth, first);
  yata_buf_deinit(&found);
  return err;
}

static int put_map(struct yata_printer *pr, uint32_t t, uint32_t depth) {
  const struct yata_doc *doc = pr->doc;
  bool first = true;
  YATA_TRY(put(pr->out, "{"));
  YATA_TRY(put_indexed(pr, t, depth, &first));
  for (uint32_t e = doc->types[t].first; e != 0; e = doc->ents[e].next)
    if (yata_key_index(yata_key_bytes(doc, doc->ents[e].key)) == YATA_NO_INDEX && is_shown(doc, t, e))
      YATA_TRY(put_member(pr, t, e, depth, &first));
  return put(pr->out, "}");
}

#define PIECE 65536

/* A long string: in pieces, since each of its bytes may become six. */
static int put_long_string(struct yata_printer *pr, const yata_buf *s) {
  YATA_TRY(put(pr->out, "\""));
  for (size_t i = 0; i < s->len; i += PIECE) {
    YATA_TRY(put_inner(pr->out, s->data + i, s->len - i < PIECE ? s->len - i : PIECE));
    YATA_TRY(yata_print_check(pr));
  }
  return put(pr->out, "\"");
}

/* Markup, or a text's characters: into a scratch buffer, from there escaped. */
static int put_markup(struct yata_printer *pr, uint32_t t, enum yata_kind kind, uint32_t depth) {
  yata_buf text = {.alloc = pr->out->alloc};
  struct yata_printer inner = {.doc = pr->doc, .out = &text, .most = pr->most - yata_print_spent(pr)};
  int err = yata_xml_put(&inner, t, kind, depth);
  pr->read += inner.read;
  if (err == 0) err = put_long_string(pr, &text);
  yata_buf_deinit(&text);
  return err;
}

/* What the list of a root that nobody asked for looks like; NONE: there is nothing in it. */
static enum yata_kind guess_list(const yata_doc *doc, uint32_t t) {
  for (uint32_t h = doc->types[t].start; h != 0; h = doc->items[h].right) {
    const struct yata_item *it = &doc->items[h];
    if (it->flags & YATA_ITEM_DELETED) continue;
    if (it->kind == YATA_WIRE_STRING || it->kind == YATA_WIRE_FORMAT || it->kind == YATA_WIRE_EMBED)
      return YATA_KIND_TEXT;
    if (it->kind != YATA_WIRE_TYPE) return YATA_KIND_ARRAY;
    uint8_t kind = doc->types[it->content].kind;
    return kind >= YATA_KIND_XML_ELEMENT ? YATA_KIND_XML_FRAGMENT : YATA_KIND_ARRAY;
  }
  return YATA_KIND_NONE;
}

/* What such a root looks like. Deleted characters are what is left of a text, mostly. */
static enum yata_kind guess(const yata_doc *doc, uint32_t t) {
  enum yata_kind list = guess_list(doc, t);
  if (doc->types[t].first != 0) return list == YATA_KIND_XML_FRAGMENT ? YATA_KIND_XML_ELEMENT : YATA_KIND_MAP;
  if (list != YATA_KIND_NONE) return list;
  return doc->types[t].start != 0 ? YATA_KIND_TEXT : YATA_KIND_MAP;
}

enum yata_kind yata_type_guess(const yata_doc *doc, yata_type type) {
  uint32_t t;
  if (yata_handle(doc, type, YATA_KIND_NONE, &t) < 0) return YATA_KIND_NONE;
  enum yata_kind kind = (enum yata_kind)doc->types[t].kind;
  return kind != YATA_KIND_NONE ? kind : guess(doc, t);
}

int yata_json_put_type(struct yata_printer *pr, uint32_t t, uint32_t depth) {
  enum yata_kind kind = (enum yata_kind)pr->doc->types[t].kind;
  if (t == 0) return put_map(pr, 0, 0);
  if (depth > YATA_DEPTH_MAX) return YATA_ERR_LIMIT;
  YATA_TRY(yata_print_check(pr));
  if (kind == YATA_KIND_NONE) kind = guess(pr->doc, t);
  switch (kind) {
  case YATA_KIND_ARRAY: return put_list(pr, t, depth);
  case YATA_KIND_MAP:
  case YATA_KIND_XML_HOOK: return put_map(pr, t, depth);
  default: return put_markup(pr, t, kind, depth);
  }
}

int yata_to_json(const yata_doc *doc, yata_type type, yata_buf *out) {
  uint32_t t = 0;
  if (type.slot != 0) YATA_TRY(yata_handle(doc, type, YATA_KIND_NONE, &t));
  struct yata_printer pr = yata_print_begin(doc, out);
  return yata_print_end(&pr, yata_json_put_type(&pr, t, 0));
}
