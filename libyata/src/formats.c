/* SPDX-License-Identifier: MIT */
#include "formats.h"

#include "print.h"

#include "held.h"

static const yata_slice null_text = {(const uint8_t *)"null", 4};

static bool slice_eq(yata_slice a, yata_slice b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

struct yata_format yata_format_read(const struct yata_doc *doc, struct yata_format a) {
  if (a.item == 0) return a;
  const struct yata_item *it = &doc->items[a.item];
  yata_slice raw = yata_value_bytes(&doc->clients[it->client].values, it->content);
  struct yata_rd rd = yata_rd_of(raw.data, raw.len);
  int err = yata_rd_bytes(&rd, &a.key);
  if (err == 0) err = yata_rd_bytes(&rd, &a.value);
  (void)err; /* verified when it came */
  if (a.off) a.value = null_text;
  return a;
}

struct yata_format yata_format_of(const struct yata_doc *doc, uint32_t item) {
  return yata_format_read(doc, (struct yata_format){.item = item});
}

struct yata_format yata_format_off(struct yata_format a) {
  a.off = true;
  a.value = null_text;
  return a;
}

bool yata_format_is_null(struct yata_format a) {
  return slice_eq(a.value, null_text);
}

bool yata_format_is_undefined(struct yata_format a) {
  return yata_held_is_undefined(a.value);
}

bool yata_format_is_nan(struct yata_format a) {
  return yata_held_is_nan(a.value);
}

/* ---- as a value --------------------------------------------------------------------------- */

int yata_format_value(struct yata_doc *doc, struct yata_format *a, struct yata_readings *readings) {
  const yata_slice held = yata_format_read(doc, *a).value;
  yata_value v = {0};
  if (yata_held_is_any(held) && a->any.kind != YATA_ANY_UNDEFINED) return 0;
  YATA_TRY(yata_held_read(doc, held, &v));
  if (v.owned != NULL) {
    readings->bytes += v.owned_bytes;
    int err = readings->bytes > yata_output_most(doc) ? YATA_ERR_LIMIT : 0;
    if (err == 0) err = yata_mem_grow(&doc->mem, &readings->v, &readings->cap, (size_t)readings->n + 1, sizeof(v));
    if (err < 0) {
      yata_value_deinit(&v);
      return err;
    }
    readings->v[readings->n++] = v;
  }
  a->any = v.any;
  return 0;
}

void yata_readings_deinit(struct yata_doc *doc, struct yata_readings *readings) {
  for (uint32_t i = 0; i < readings->n; i++) yata_value_deinit(&readings->v[i]);
  yata_mem_drop(&doc->mem, &readings->v, &readings->cap, sizeof(*readings->v));
  readings->n = 0;
}

/* ---- what was made of what ---------------------------------------------------------------- */

/* JavaScript compares objects by identity, and Yjs sets a format anew with the object that it had. So, to delete
 * the same formats, it must be known which hold one object: those that this replica made of one another. */

struct origin {
  uint32_t client, pos;
};

static struct origin origin_of(const struct yata_doc *doc, uint32_t item) {
  const struct yata_item *it = &doc->items[item];
  uint32_t lo = 0, hi = doc->n_twins;
  if (doc->clients[it->client].id == doc->client_id) {
    while (lo < hi) {
      uint32_t mid = (lo + hi) / 2;
      if (doc->twins[mid].pos < it->content)
        lo = mid + 1;
      else
        hi = mid;
    }
    if (lo < doc->n_twins && doc->twins[lo].pos == it->content)
      return (struct origin){doc->twins[lo].of_client, doc->twins[lo].of_pos};
  }
  return (struct origin){it->client, it->content};
}

int yata_format_twin(struct yata_doc *doc, uint32_t item, uint32_t of) {
  uint32_t pos = doc->items[item].content;
  /* What was undone may have left some behind. */
  while (doc->n_twins > 0 && doc->twins[doc->n_twins - 1].pos >= pos) doc->n_twins--;
  if (of == 0 || !yata_held_is_object(yata_format_of(doc, of).value)) return 0;
  struct origin o = origin_of(doc, of);
  YATA_TRY(yata_mem_grow(&doc->mem, &doc->twins, &doc->cap_twins, (size_t)doc->n_twins + 1, sizeof(*doc->twins)));
  doc->twins[doc->n_twins++] = (struct yata_twin){pos, o.client, o.pos};
  return 0;
}

static bool one_object(const struct yata_doc *doc, struct yata_format a, struct yata_format b) {
  if (a.item == 0 || b.item == 0) return false;
  struct origin x = origin_of(doc, a.item), y = origin_of(doc, b.item);
  return x.client == y.client && x.pos == y.pos;
}

#define BYTES_OF_STEP 16

bool yata_format_same(const struct yata_doc *doc, struct yata_format a, struct yata_format b) {
  bool object = yata_held_is_object(a.value);
  if (object != yata_held_is_object(b.value)) return false;
  return object ? one_object(doc, a, b) : yata_held_same(a.value, b.value);
}

bool yata_format_equal(struct yata_doc *doc, struct yata_format a, struct yata_format b) {
  bool object = yata_held_is_object(a.value);
  if (object != yata_held_is_object(b.value)) return false;
  /* Both are read, however long one of them is. */
  if (object) doc->txn.steps += (a.value.len + b.value.len) / BYTES_OF_STEP;
  return object ? yata_held_equal_flat(a.value, b.value) || one_object(doc, a, b) : yata_held_same(a.value, b.value);
}

/* ---- maps --------------------------------------------------------------------------------- */

int yata_formats_find(struct yata_doc *doc, const struct yata_formats *as, yata_slice key, uint32_t *at) {
  doc->txn.steps += as->n;
  if (doc->txn.steps > doc->max_steps) return YATA_ERR_LIMIT;
  for (*at = 0; *at < as->n; ++*at)
    if (slice_eq(yata_format_read(doc, as->v[*at]).key, key)) return 0;
  *at = YATA_NO_FORMAT;
  return 0;
}

int yata_formats_get(struct yata_doc *doc, const struct yata_formats *as, yata_slice key, struct yata_format *out) {
  uint32_t at;
  YATA_TRY(yata_formats_find(doc, as, key, &at));
  *out = yata_format_off((struct yata_format){.key = key});
  if (at == YATA_NO_FORMAT) return 0;
  const struct yata_format a = yata_format_read(doc, as->v[at]);
  if (!yata_format_is_undefined(a)) *out = a;
  return 0;
}

static int insert_at(struct yata_doc *doc, struct yata_formats *as, uint32_t at, struct yata_format a) {
  YATA_TRY(yata_mem_grow(&doc->mem, &as->v, &as->cap, (size_t)as->n + 1, sizeof(*as->v)));
  memmove(&as->v[at + 1], &as->v[at], (as->n - at) * sizeof(*as->v));
  as->v[at] = a;
  as->n++;
  return 0;
}

int yata_formats_set(struct yata_doc *doc, struct yata_formats *as, struct yata_format a) {
  uint32_t at;
  YATA_TRY(yata_formats_find(doc, as, a.key, &at));
  if (at == YATA_NO_FORMAT) return insert_at(doc, as, as->n, a);
  as->v[at] = a;
  return 0;
}

/* Is the key an array index, as JavaScript has it: below 2^32 - 1, without leading zeros? */
static bool is_index(yata_slice key, uint64_t *out) {
  *out = 0;
  if (key.len == 0 || key.len > 10 || (key.len > 1 && key.data[0] == '0')) return false;
  for (size_t i = 0; i < key.len; i++) {
    if (key.data[i] < '0' || key.data[i] > '9') return false;
    *out = *out * 10 + (key.data[i] - '0');
  }
  return *out < UINT32_MAX;
}

int yata_formats_add_member(struct yata_doc *doc, struct yata_formats *as, struct yata_format a) {
  uint32_t at = as->n, from = 0;
  uint64_t index, other;
  /* Indices come first, the lowest before all. */
  if (is_index(yata_format_read(doc, a).key, &index)) {
    while (from < at) {
      uint32_t mid = from + (at - from) / 2;
      if (is_index(yata_format_read(doc, as->v[mid]).key, &other) && other <= index)
        from = mid + 1;
      else
        at = mid;
    }
  }
  doc->txn.steps += as->n - at;
  return doc->txn.steps > doc->max_steps ? YATA_ERR_LIMIT : insert_at(doc, as, at, a);
}

int yata_formats_set_member(struct yata_doc *doc, struct yata_formats *as, struct yata_format a) {
  uint32_t at;
  YATA_TRY(yata_formats_find(doc, as, a.key, &at));
  if (at == YATA_NO_FORMAT) return yata_formats_add_member(doc, as, a);
  as->v[at] = a;
  return 0;
}

int yata_formats_delete(struct yata_doc *doc, struct yata_formats *as, yata_slice key) {
  uint32_t at;
  YATA_TRY(yata_formats_find(doc, as, key, &at));
  if (at == YATA_NO_FORMAT) return 0;
  memmove(&as->v[at], &as->v[at + 1], (as->n - at - 1) * sizeof(*as->v));
  as->n--;
  return 0;
}

int yata_formats_update(struct yata_doc *doc, struct yata_formats *as, struct yata_format a) {
  return yata_format_is_null(a) ? yata_formats_delete(doc, as, a.key) : yata_formats_set(doc, as, a);
}

int yata_formats_copy(struct yata_doc *doc, const struct yata_formats *from, struct yata_formats *to) {
  YATA_TRY(yata_mem_grow(&doc->mem, &to->v, &to->cap, from->n, sizeof(*to->v)));
  if (from->n > 0) memcpy(to->v, from->v, from->n * sizeof(*to->v));
  to->n = from->n;
  return 0;
}

void yata_formats_deinit(struct yata_doc *doc, struct yata_formats *as) {
  yata_mem_drop(&doc->mem, &as->v, &as->cap, sizeof(*as->v));
  as->n = 0;
}
