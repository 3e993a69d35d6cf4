/* SPDX-License-Identifier: MIT */
/* Text: by UTF-16 position, as Y.Text. */
#include "edit.h"

int yata_text_length(const yata_doc *doc, yata_type text, uint32_t *out) {
  uint32_t t;
  YATA_TRY(yata_handle(doc, text, YATA_KIND_TEXT, &t));
  *out = doc->types[t].length;
  return 0;
}

/* ---- formatting in force -------------------------------------------------------------------- */

struct attr {
  yata_slice key, value; /* JSON; borrowed from the document's values */
};

struct attrs {
  struct attr *v;
  uint32_t n, cap;
};

static bool slice_is(yata_slice s, const char *text) {
  return s.len == strlen(text) && memcmp(s.data, text, s.len) == 0;
}

static bool slice_eq(yata_slice a, yata_slice b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static struct attr format_of(const struct yata_doc *doc, const struct yata_item *it) {
  yata_slice raw = yata_value_bytes(&doc->clients[it->client].values, it->content);
  struct yata_rd rd = yata_rd_of(raw.data, raw.len);
  struct attr a = {{0}, {0}};
  int err = yata_rd_bytes(&rd, &a.key);
  if (err == 0) err = yata_rd_bytes(&rd, &a.value);
  (void)err; /* verified when it came */
  return a;
}

static struct attr *attrs_find(struct attrs *as, yata_slice key) {
  for (uint32_t i = 0; i < as->n; i++)
    if (slice_eq(as->v[i].key, key)) return &as->v[i];
  return NULL;
}

/* Looking a key up takes as many steps as there are keys: they count, as those of conflicts. */
static int charge(struct yata_doc *doc, const struct attrs *as) {
  doc->txn.steps += as->n;
  return doc->txn.steps > doc->max_steps ? YATA_ERR_LIMIT : 0;
}

static int attrs_apply(struct yata_doc *doc, struct attrs *as, struct attr a) {
  YATA_TRY(charge(doc, as));
  struct attr *have = attrs_find(as, a.key);
  if (slice_is(a.value, "null")) {
    if (have != NULL) *have = as->v[--as->n];
    return 0;
  }
  if (have == NULL) {
    YATA_TRY(yata_mem_grow(&doc->mem, &as->v, &as->cap, (size_t)as->n + 1, sizeof(*as->v)));
    have = &as->v[as->n++];
  }
  *have = a;
  return 0;
}

/* The attributes in force behind `left`. */
static int attrs_at(struct yata_doc *doc, uint32_t type, uint32_t left, struct attrs *as) {
  if (left == 0) return 0;
  for (uint32_t h = doc->types[type].start; h != 0; h = doc->items[h].right) {
    const struct yata_item *it = &doc->items[h];
    if (it->kind == YATA_WIRE_FORMAT && !(it->flags & YATA_ITEM_DELETED))
      YATA_TRY(attrs_apply(doc, as, format_of(doc, it)));
    if (h == left) break;
  }
  return 0;
}

/* Does the format change nothing for text with these attributes? */
static bool agrees(const struct yata_doc *doc, struct attrs *as, const struct yata_item *it) {
  struct attr a = format_of(doc, it);
  const struct attr *have = attrs_find(as, a.key);
  return have != NULL ? slice_eq(have->value, a.value) : slice_is(a.value, "null");
}

/* Step right past what is deleted, and past formatting that the new text has anyway. */
static void step_right(const struct yata_doc *doc, struct attrs *as, uint32_t *left, uint32_t *right) {
  while (*right != 0) {
    const struct yata_item *it = &doc->items[*right];
    if (!(it->flags & YATA_ITEM_DELETED) && (it->kind != YATA_WIRE_FORMAT || !agrees(doc, as, it))) break;
    *left = *right;
    *right = it->right;
  }
}

/* ---- edits -------------------------------------------------------------------------------- */

static int insert(struct yata_doc *doc, uint32_t t, uint32_t index, yata_slice s, uint32_t units) {
  struct attrs as = {0};
  struct yata_new n;
  uint32_t left, right;
  YATA_TRY(yata_position(doc, t, index, &left, &right));
  int err = 0;
  if (doc->types[t].flags & YATA_TYPE_FORMATTED) err = attrs_at(doc, t, left, &as);
  if (err == 0) step_right(doc, &as, &left, &right);
  yata_mem_drop(&doc->mem, &as.v, &as.cap, sizeof(*as.v));
  YATA_TRY(err);
  YATA_TRY(yata_local_item(doc, t, 0, left, right, units, &n));
  n.kind = YATA_WIRE_STRING;
  n.content = s;
  return yata_integrate(doc, &n, NULL);
}

int yata_text_insert(yata_doc *doc, yata_type text, uint32_t index, const char *utf8, size_t len) {
  yata_slice s = {(const uint8_t *)utf8, len};
  struct yata_op op;
  uint32_t t, units;
  YATA_TRY(yata_handle(doc, text, YATA_KIND_TEXT, &t));
  if (len > 0 && (utf8 == NULL || !yata_utf8_check(s.data, s.len, &units))) return YATA_ERR_INVALID;
  if (index > doc->types[t].length) return YATA_ERR_RANGE;
  YATA_TRY(yata_op_begin(doc, &op));
  if (len == 0) return 0;
  return yata_op_end(doc, &op, insert(doc, t, index, s, units));
}

static bool is_text(uint8_t kind) {
  return kind == YATA_WIRE_STRING || kind == YATA_WIRE_EMBED || kind == YATA_WIRE_TYPE;
}

/* The formats from `start` up to the next visible unit: the last of each key, by its value's place. */
static int last_formats(struct yata_doc *doc, uint32_t start, struct attrs *as) {
  for (uint32_t h = start; h != 0; h = doc->items[h].right) {
    const struct yata_item *it = &doc->items[h];
    if (yata_item_counts(it)) break;
    if (it->kind != YATA_WIRE_FORMAT || (it->flags & YATA_ITEM_DELETED)) continue;
    struct attr a = format_of(doc, it), *have = attrs_find(as, a.key);
    YATA_TRY(charge(doc, as));
    if (have == NULL) {
      YATA_TRY(yata_mem_grow(&doc->mem, &as->v, &as->cap, (size_t)as->n + 1, sizeof(*as->v)));
      have = &as->v[as->n++];
    }
    *have = a;
  }
  return 0;
}

/* Was the attribute the same before? As Yjs compares: objects never are. */
static bool was_so(struct attrs *before, struct attr a) {
  const struct attr *have = attrs_find(before, a.key);
  if (have == NULL) return slice_is(a.value, "null");
  return slice_eq(have->value, a.value) && a.value.data[0] != '{' && a.value.data[0] != '[';
}

/* Where text was deleted, delete the formats that no text needs any more. */
static int tidy_gap(struct yata_doc *doc, uint32_t start, struct attrs *before, struct attrs *last) {
  YATA_TRY(last_formats(doc, start, last));
  for (uint32_t h = start; h != 0; h = doc->items[h].right) {
    const struct yata_item *it = &doc->items[h];
    if (yata_item_counts(it)) break;
    if (it->kind != YATA_WIRE_FORMAT || (it->flags & YATA_ITEM_DELETED)) continue;
    struct attr a = format_of(doc, it);
    YATA_TRY(charge(doc, last));
    if (attrs_find(last, a.key)->value.data != a.value.data || was_so(before, a)) YATA_TRY(yata_delete(doc, h));
  }
  return 0;
}

static int tidy(struct yata_doc *doc, uint32_t t, uint32_t left, uint32_t start) {
  struct attrs before = {0}, last = {0};
  int err = attrs_at(doc, t, left, &before);
  if (err == 0) err = tidy_gap(doc, start, &before, &last);
  yata_mem_drop(&doc->mem, &before.v, &before.cap, sizeof(*before.v));
  yata_mem_drop(&doc->mem, &last.v, &last.cap, sizeof(*last.v));
  return err;
}

static int delete_units(struct yata_doc *doc, uint32_t t, uint32_t index, uint32_t count) {
  uint32_t left, h, start, rest;
  YATA_TRY(yata_position(doc, t, index, &left, &start));
  for (h = start; h != 0 && count > 0; h = doc->items[h].right) {
    const struct yata_item *it = &doc->items[h];
    if ((it->flags & YATA_ITEM_DELETED) || !is_text(it->kind)) continue;
    if (count < it->len) YATA_TRY(yata_split(doc, h, count, &rest));
    count -= doc->items[h].len;
    YATA_TRY(yata_delete(doc, h));
  }
  return doc->types[t].flags & YATA_TYPE_FORMATTED ? tidy(doc, t, left, start) : 0;
}

int yata_text_delete(yata_doc *doc, yata_type text, uint32_t index, uint32_t count) {
  struct yata_op op;
  uint32_t t;
  YATA_TRY(yata_handle(doc, text, YATA_KIND_TEXT, &t));
  if (index > doc->types[t].length || count > doc->types[t].length - index) return YATA_ERR_RANGE;
  YATA_TRY(yata_op_begin(doc, &op));
  if (count == 0) return 0;
  return yata_op_end(doc, &op, delete_units(doc, t, index, count));
}

int yata_text_read(const yata_doc *doc, yata_type text, yata_buf *out) {
  uint32_t t;
  size_t at = out->len;
  YATA_TRY(yata_handle(doc, text, YATA_KIND_TEXT, &t));
  YATA_TRY(yata_buf_reserve(out, doc->types[t].length));
  for (uint32_t h = doc->types[t].start; h != 0; h = doc->items[h].right) {
    const struct yata_item *it = &doc->items[h];
    if ((it->flags & YATA_ITEM_DELETED) || it->kind != YATA_WIRE_STRING) continue;
    int err = yata_text_encode(&doc->clients[it->client].text, it->content, it->len, false, out);
    if (err < 0) {
      out->len = at;
      return err;
    }
  }
  return 0;
}
