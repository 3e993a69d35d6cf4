/* SPDX-License-Identifier: MIT */
/* XML as the toString of Yjs prints it: nothing is escaped. */
#include <stdlib.h>

#include "js_string.h"
#include "print.h"
#include "text.h"

static int put(yata_buf *out, const char *text) {
  return yata_buf_put(out, text, strlen(text));
}

static int put_slice(yata_buf *out, yata_slice s) {
  return yata_buf_put(out, s.data, s.len);
}

/* ---- names in order --------------------------------------------------------------------------- */

/* By UTF-16 units, as JavaScript orders strings: what is above U+FFFF comes before U+E000. */
static uint32_t rank(uint32_t code) {
  if (code >= 0x10000) return code;
  return code >= 0xe000 ? code + 0x200000 : code;
}

static int compare_names(yata_slice a, yata_slice b) {
  size_t n = a.len < b.len ? a.len : b.len, i = 0;
  while (i < n && a.data[i] == b.data[i]) i++;
  if (i == n) return (a.len > b.len) - (a.len < b.len);
  while (i > 0 && (a.data[i] & 0xc0) == 0x80) i--;
  const uint8_t *p = a.data + i, *q = b.data + i;
  uint32_t x = rank(yata_utf8_next(&p)), y = rank(yata_utf8_next(&q));
  return (x > y) - (x < y);
}

struct named {
  yata_slice name, value;
  const yata_any *any;      /* what a format holds */
  size_t name_at, value_at; /* in the scratch buffer, while that still grows */
  uint32_t item;            /* an attribute of an element */
};

struct names {
  struct named *v;
  uint32_t n, cap;
};

static int compare_named(const void *a, const void *b) {
  return compare_names(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static void sort_names(struct names *ns) {
  if (ns->n > 1) qsort(ns->v, ns->n, sizeof(*ns->v), compare_named);
}

static int add_name(struct yata_doc *doc, struct names *ns, struct named what) {
  YATA_TRY(yata_mem_grow(&doc->mem, &ns->v, &ns->cap, (size_t)ns->n + 1, sizeof(*ns->v)));
  ns->v[ns->n++] = what;
  return 0;
}

static void drop_names(struct yata_doc *doc, struct names *ns) {
  yata_mem_drop(&doc->mem, &ns->v, &ns->cap, sizeof(*ns->v));
}

static int put_attribute(yata_buf *out, yata_slice name, yata_slice value) {
  YATA_TRY(put(out, " "));
  YATA_TRY(put_slice(out, name));
  YATA_TRY(put(out, "=\""));
  YATA_TRY(put_slice(out, value));
  return put(out, "\"");
}

/* ---- formatted text --------------------------------------------------------------------------- */

/* The members of an attribute's value as `for … in` finds them: names and values go to `text`. */
struct members {
  struct yata_printer *pr;
  struct names names;
  yata_buf text;
};

static void begin_member(struct members *m, struct named *at) {
  *at = (struct named){.name_at = m->text.len};
}

/* Its name is written; the value follows. */
static void begin_value(struct members *m, struct named *at) {
  at->name.len = m->text.len - at->name_at;
  at->value_at = m->text.len;
}

static int end_member(struct members *m, struct named *at) {
  at->value.len = m->text.len - at->value_at;
  return add_name(m->pr->doc, &m->names, *at);
}

static int find_in_object(struct members *m, const uint8_t *p, const uint8_t *end) {
  struct named at;
  bool object = *p++ == '{';
  for (uint32_t i = 0;; i++) {
    while (yata_js_is_space(*p) || *p == ',') p++;
    if (*p == '}' || *p == ']') return 0;
    begin_member(m, &at);
    if (object) {
      YATA_TRY(yata_js_unquote(&p, &m->text));
      while (yata_js_is_space(*p) || *p == ':') p++;
    } else {
      YATA_TRY(yata_json_put_number(&m->text, i));
    }
    begin_value(m, &at);
    YATA_TRY(yata_js_put_json(&p, end, &m->text));
    YATA_TRY(end_member(m, &at));
  }
}

/* A string has its UTF-16 units for members. */
static int find_in_string(struct members *m, const uint8_t *json) {
  struct named at;
  yata_buf text = {.alloc = m->text.alloc};
  int err = yata_js_unquote(&json, &text);
  const uint8_t *p = text.data, *end = text.len > 0 ? text.data + text.len : p;
  for (uint32_t i = 0; err == 0 && p < end;) {
    uint32_t code = yata_utf8_next(&p);
    for (uint32_t n = code >= 0x10000 ? 2 : 1; err == 0 && n > 0; n--) {
      uint8_t utf8[4];
      begin_member(m, &at);
      err = yata_json_put_number(&m->text, i++);
      begin_value(m, &at);
      if (err == 0) err = yata_buf_put(&m->text, utf8, yata_utf8_put(utf8, code >= 0x10000 ? 0xfffd : code));
      if (err == 0) err = end_member(m, &at);
    }
  }
  yata_buf_deinit(&text);
  return err;
}

/* What is not JSON. */

static int find_element(struct members *m, size_t i, const yata_any *value) {
  struct named at;
  begin_member(m, &at);
  YATA_TRY(yata_json_put_number(&m->text, (double)i));
  begin_value(m, &at);
  YATA_TRY(yata_js_put(value, &m->text));
  return end_member(m, &at);
}

static int find_entry(struct members *m, const yata_any_entry *e) {
  struct named at;
  begin_member(m, &at);
  YATA_TRY(yata_buf_put(&m->text, e->key.data, e->key.len));
  begin_value(m, &at);
  YATA_TRY(yata_js_put(&e->value, &m->text));
  return end_member(m, &at);
}

static int find_in_any(struct members *m, const yata_any *any) {
  if (any->kind == YATA_ANY_ARRAY)
    for (size_t i = 0; i < any->u.array.len; i++) YATA_TRY(find_element(m, i, &any->u.array.items[i]));
  if (any->kind == YATA_ANY_OBJECT)
    for (size_t i = 0; i < any->u.object.len; i++) YATA_TRY(find_entry(m, &any->u.object.entries[i]));
  for (size_t i = 0; any->kind == YATA_ANY_BINARY && i < any->u.bytes.len; i++) {
    const yata_any byte = yata_any_number(any->u.bytes.data[i]);
    YATA_TRY(find_element(m, i, &byte));
  }
  return 0;
}

static int find_members(struct members *m, const yata_any *any) {
  const uint8_t *p = any->u.bytes.data;
  if (any->kind != YATA_ANY_JSON) return find_in_any(m, any);
  while (yata_js_is_space(*p)) p++;
  if (*p == '"') return find_in_string(m, p);
  return *p == '{' || *p == '[' ? find_in_object(m, p, any->u.bytes.data + any->u.bytes.len) : 0;
}

static int put_open_tag(struct yata_printer *pr, const struct named *node) {
  struct members m = {.pr = pr, .text = {.alloc = pr->out->alloc}};
  int err = find_members(&m, node->any);
  for (uint32_t i = 0; i < m.names.n; i++) {
    m.names.v[i].name.data = m.text.data + m.names.v[i].name_at;
    m.names.v[i].value.data = m.text.data + m.names.v[i].value_at;
  }
  sort_names(&m.names);
  if (err == 0) err = put(pr->out, "<");
  if (err == 0) err = put_slice(pr->out, node->name);
  for (uint32_t i = 0; i < m.names.n && err == 0; i++)
    err = put_attribute(pr->out, m.names.v[i].name, m.names.v[i].value);
  drop_names(pr->doc, &m.names);
  yata_buf_deinit(&m.text);
  if (node->any->kind == YATA_ANY_JSON) pr->read += node->any->u.bytes.len;
  if (err == 0) err = put(pr->out, ">");
  return err < 0 ? err : yata_print_check(pr);
}

static int put_string_of(struct yata_printer *pr, uint32_t type, uint32_t depth);

static int put_content(struct yata_printer *pr, const yata_text_run *run, uint32_t depth) {
  if (run->kind == YATA_TEXT_INSERT) return put_slice(pr->out, run->text);
  if (run->kind == YATA_TEXT_TYPE) return put_string_of(pr, run->type.slot, depth + 1);
  return yata_js_put(&run->embed, pr->out);
}

static int put_run(struct yata_printer *pr, const yata_text_run *run, struct names *nodes, uint32_t depth) {
  nodes->n = 0;
  for (size_t i = 0; i < run->n_attributes; i++) {
    const yata_any_entry *e = &run->attributes[i];
    struct named node = {.name = e->key, .any = &e->value};
    YATA_TRY(add_name(pr->doc, nodes, node));
  }
  sort_names(nodes);
  for (uint32_t i = 0; i < nodes->n; i++) YATA_TRY(put_open_tag(pr, &nodes->v[i]));
  YATA_TRY(put_content(pr, run, depth));
  for (uint32_t i = nodes->n; i-- > 0;) {
    YATA_TRY(put(pr->out, "</"));
    YATA_TRY(put_slice(pr->out, nodes->v[i].name));
    YATA_TRY(put(pr->out, ">"));
  }
  return 0;
}

static int put_formatted(struct yata_printer *pr, uint32_t t, uint32_t depth) {
  struct names nodes = {0};
  yata_text_cursor cursor = {0};
  yata_text_run run;
  int err;
  while ((err = yata_text_next(pr->doc, yata_handle_of(pr->doc, t), &cursor, &run)) == 0) {
    err = put_run(pr, &run, &nodes, depth);
    if (err < 0) break;
  }
  yata_text_cursor_deinit(pr->doc, &cursor);
  drop_names(pr->doc, &nodes);
  /* A text that was deleted, and is looked at as of before, has nothing in it now. */
  return err == YATA_ERR_NOT_FOUND || err == YATA_ERR_GONE ? 0 : err;
}

static int put_plain(struct yata_printer *pr, uint32_t t) {
  const struct yata_doc *doc = pr->doc;
  for (uint32_t h = doc->types[t].start; h != 0; h = doc->items[h].right) {
    const struct yata_item *it = &doc->items[h];
    if (!(it->flags & YATA_ITEM_DELETED) && it->kind == YATA_WIRE_STRING)
      YATA_TRY(yata_text_encode(&doc->clients[it->client].text, it->content, it->len, false, pr->out));
  }
  return 0;
}

/* ---- elements --------------------------------------------------------------------------------- */

static int put_unit(struct yata_printer *pr, const struct yata_item *it, uint32_t offset, uint32_t depth) {
  yata_value v;
  if (it->kind == YATA_WIRE_TYPE) return put_string_of(pr, it->content, depth + 1);
  if (it->kind == YATA_WIRE_DOC) return put(pr->out, "[object Object]");
  YATA_TRY(yata_value_of(pr->doc, it, offset, &v));
  int err = yata_js_put(&v.any, pr->out);
  yata_value_deinit(&v);
  return err;
}

static int put_children(struct yata_printer *pr, uint32_t t, uint32_t depth) {
  for (uint32_t h = pr->doc->types[t].start; h != 0; h = pr->doc->items[h].right) {
    if (!yata_item_counts(&pr->doc->items[h])) continue;
    for (uint32_t i = 0; i < pr->doc->items[h].len; i++) YATA_TRY(put_unit(pr, &pr->doc->items[h], i, depth));
  }
  return 0;
}

static int put_attributes(struct yata_printer *pr, struct names *ns, uint32_t depth) {
  const struct yata_doc *doc = pr->doc;
  for (uint32_t i = 0; i < ns->n; i++) {
    const struct yata_item *it = &doc->items[ns->v[i].item];
    YATA_TRY(put(pr->out, " "));
    YATA_TRY(put_slice(pr->out, ns->v[i].name));
    YATA_TRY(put(pr->out, "=\""));
    YATA_TRY(put_unit(pr, it, it->len - 1, depth));
    YATA_TRY(put(pr->out, "\""));
  }
  return 0;
}

/* The name in lower case, as far as that is ASCII. */
static int put_name(struct yata_printer *pr, uint32_t t) {
  size_t at = pr->out->len;
  YATA_TRY(put_slice(pr->out, yata_xml_name_of(pr->doc, t)));
  for (size_t i = at; i < pr->out->len; i++)
    if (pr->out->data[i] >= 'A' && pr->out->data[i] <= 'Z') pr->out->data[i] = (uint8_t)(pr->out->data[i] + 32);
  return 0;
}

static int put_element(struct yata_printer *pr, uint32_t t, uint32_t depth) {
  const struct yata_doc *doc = pr->doc;
  struct names ns = {0};
  int err = put(pr->out, "<");
  if (err == 0) err = put_name(pr, t);
  for (uint32_t e = doc->types[t].first; e != 0 && err == 0; e = doc->ents[e].next) {
    struct named a = {.name = yata_key_bytes(doc, doc->ents[e].key), .item = doc->ents[e].item};
    if (!yata_item_deleted(doc, a.item)) err = add_name(pr->doc, &ns, a);
  }
  sort_names(&ns);
  if (err == 0) err = put_attributes(pr, &ns, depth);
  drop_names(pr->doc, &ns);
  if (err == 0) err = put(pr->out, ">");
  if (err == 0) err = put_children(pr, t, depth);
  if (err == 0) err = put(pr->out, "</");
  if (err == 0) err = put_name(pr, t);
  return err < 0 ? err : put(pr->out, ">");
}

/* What the toString of a shared type gives. Recursion is bounded by the depth. */
int yata_xml_put(struct yata_printer *pr, uint32_t t, enum yata_kind kind, uint32_t depth) {
  if (depth > YATA_DEPTH_MAX) return YATA_ERR_LIMIT;
  YATA_TRY(yata_print_check(pr));
  switch (kind) {
  case YATA_KIND_TEXT: return put_plain(pr, t);
  case YATA_KIND_XML_TEXT: return put_formatted(pr, t, depth);
  case YATA_KIND_XML_ELEMENT: return put_element(pr, t, depth);
  case YATA_KIND_XML_FRAGMENT: return put_children(pr, t, depth);
  default: return put(pr->out, "[object Object]");
  }
}

static int put_string_of(struct yata_printer *pr, uint32_t t, uint32_t depth) {
  return yata_xml_put(pr, t, (enum yata_kind)pr->doc->types[t].kind, depth);
}

int yata_xml_to_string(const yata_doc *doc, yata_type xml, yata_buf *out) {
  uint32_t t;
  YATA_TRY(yata_handle(doc, xml, YATA_KIND_NONE, &t));
  enum yata_kind kind = (enum yata_kind)doc->types[t].kind;
  if (kind != YATA_KIND_TEXT && kind != YATA_KIND_XML_TEXT && kind != YATA_KIND_XML_ELEMENT &&
      kind != YATA_KIND_XML_FRAGMENT)
    return YATA_ERR_KIND;
  struct yata_printer pr = yata_print_begin(doc, out);
  return yata_print_end(&pr, yata_xml_put(&pr, t, kind, 0));
}
