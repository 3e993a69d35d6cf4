/* SPDX-License-Identifier: MIT */
/* Holds documents for a test written in another language. Requests and answers on stdin and
 * stdout: a 32-bit little-endian length, then that many bytes. A request is an operation's letter,
 * a document's number and arguments; an answer is a 32-bit status and data. Every document is
 * checked after every operation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yata.h>

#define DOCS 64
#define CHECK_FAILED (-100)

struct request {
  const uint8_t *p, *end;
};

static uint8_t u8(struct request *r) {
  return r->p < r->end ? *r->p++ : 0;
}

static uint64_t number(struct request *r, unsigned bytes) {
  uint64_t v = 0;
  for (unsigned i = 0; i < bytes; i++) v |= (uint64_t)u8(r) << (8 * i);
  return v;
}

static uint32_t u32(struct request *r) {
  return (uint32_t)number(r, 4);
}

static yata_type handle(struct request *r) {
  yata_type t;
  t.slot = u32(r);
  t.generation = u32(r);
  return t;
}

static yata_slice bytes(struct request *r) {
  size_t n = u32(r);
  yata_slice s = {r->p, n};
  if (n > (size_t)(r->end - r->p)) exit(2);
  r->p += n;
  return s;
}

/* Values are leaked into this arena, which each request empties. */
static union {
  yata_any align;
  uint8_t bytes[1 << 20];
} arena;
static size_t arena_used;

static void *take(size_t size) {
  void *p = arena.bytes + arena_used;
  arena_used += (size + 15) / 16 * 16;
  if (arena_used > sizeof(arena)) exit(3);
  return p;
}

static yata_any value(struct request *r) {
  yata_any any = {0};
  uint64_t bits;
  yata_slice s;
  char tag = (char)u8(r);
  switch (tag) {
  case 'z': any.kind = YATA_ANY_NULL; break;
  case 'b': any = yata_any_bool(u8(r)); break;
  case 'n':
  case 'i':
    bits = number(r, 8);
    any.kind = tag == 'n' ? YATA_ANY_NUMBER : YATA_ANY_BIGINT;
    if (tag == 'n')
      memcpy(&any.u.number, &bits, 8);
    else
      any.u.bigint = (int64_t)bits;
    break;
  case 's':
  case 'B':
    s = bytes(r);
    any.kind = tag == 's' ? YATA_ANY_STRING : YATA_ANY_BINARY;
    any.u.bytes.data = s.data;
    any.u.bytes.len = s.len;
    break;
  case 'a': {
    uint32_t n = u32(r);
    yata_any *items = take(n * sizeof(*items));
    for (uint32_t i = 0; i < n; i++) items[i] = value(r);
    any.kind = YATA_ANY_ARRAY;
    any.u.array.items = items;
    any.u.array.len = n;
    break;
  }
  case 'o': {
    uint32_t n = u32(r);
    yata_any_entry *entries = take(n * sizeof(*entries));
    for (uint32_t i = 0; i < n; i++) {
      entries[i].key = bytes(r);
      entries[i].value = value(r);
    }
    any.kind = YATA_ANY_OBJECT;
    any.u.object.entries = entries;
    any.u.object.len = n;
    break;
  }
  default: break;
  }
  return any;
}

static int put_handle(yata_buf *out, yata_type t) {
  uint8_t raw[8];
  memcpy(raw, &t.slot, 4);
  memcpy(raw + 4, &t.generation, 4);
  uint8_t *data = realloc(out->data, out->len + 8);
  if (data == NULL) return YATA_ERR_NOMEM;
  memcpy(data + out->len, raw, 8);
  out->data = data;
  out->cap = out->len += 8;
  return 0;
}

static int put_u32(yata_buf *out, uint32_t v) {
  return put_handle(out, (yata_type){v, 0});
}

static int create(struct request *r, yata_doc **slot) {
  yata_options o = {.client_id = number(r, 8)};
  o.keep_deleted = u8(r);
  yata_doc_destroy(*slot);
  *slot = NULL;
  return yata_doc_create(&o, slot);
}

static int root(struct request *r, yata_doc *doc, yata_buf *out) {
  char kind = (char)u8(r), name[256] = {0};
  yata_type t;
  yata_slice s = bytes(r);
  memcpy(name, s.data, s.len < 255 ? s.len : 255);
  int err = kind == 't' ? yata_text(doc, name, &t) : kind == 'm' ? yata_map(doc, name, &t) : yata_array(doc, name, &t);
  return err < 0 ? err : put_handle(out, t);
}

static enum yata_kind kind_of(struct request *r) {
  char c = (char)u8(r);
  return c == 't' ? YATA_KIND_TEXT : c == 'm' ? YATA_KIND_MAP : YATA_KIND_ARRAY;
}

static int text_op(char op, struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = handle(r);
  uint32_t index, n;
  int err;
  switch (op) {
  case 'i': index = u32(r); return yata_text_insert(doc, t, index, (const char *)r->p, (size_t)(r->end - r->p));
  case 'x': index = u32(r); return yata_text_delete(doc, t, index, u32(r));
  case 'l': err = yata_text_length(doc, t, &n); return err < 0 ? err : put_u32(out, n);
  default: return yata_text_read(doc, t, out);
  }
}

static int map_op(char op, struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = handle(r), made;
  yata_slice key = bytes(r);
  const char *k = (const char *)key.data;
  yata_value v;
  int err;
  switch (op) {
  case 'k': {
    yata_any any = value(r);
    return yata_map_set(doc, t, k, key.len, &any);
  }
  case 'K':
    err = yata_map_set_type(doc, t, k, key.len, kind_of(r), &made);
    return err < 0 ? err : put_handle(out, made);
  case 'g':
    err = yata_map_get(doc, t, k, key.len, &v);
    if (err == 0) err = put_handle(out, v.type);
    yata_value_deinit(&v);
    return err;
  default: return yata_map_delete(doc, t, k, key.len);
  }
}

static int array_op(char op, struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = handle(r), made;
  uint32_t index = u32(r), n;
  yata_value v;
  int err;
  switch (op) {
  case 'v': {
    n = u32(r);
    yata_any *values = take(n * sizeof(*values));
    for (uint32_t i = 0; i < n; i++) values[i] = value(r);
    return yata_array_insert(doc, t, index, values, n);
  }
  case 'V':
    err = yata_array_insert_type(doc, t, index, kind_of(r), &made);
    return err < 0 ? err : put_handle(out, made);
  case 'G':
    err = yata_array_get(doc, t, index, &v);
    if (err == 0) err = put_handle(out, v.type);
    yata_value_deinit(&v);
    return err;
  default: return yata_array_delete(doc, t, index, u32(r));
  }
}

static int apply(char op, struct request *r, yata_doc *doc, yata_buf *out) {
  yata_applied a;
  yata_slice s = bytes(r);
  int err = (op == '2' ? yata_apply_update_v2 : yata_apply_update)(doc, s.data, s.len, &a);
  if (err < 0) return err;
  return put_handle(out, (yata_type){a.changed, a.pending});
}

static int encode(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_slice s = {NULL, 0};
  if (r->p < r->end) s = bytes(r);
  return yata_encode_state_as_update(doc, s.data, s.len, out);
}

static int merge(struct request *r, yata_buf *out) {
  yata_slice updates[256];
  uint32_t n = u32(r);
  for (uint32_t i = 0; i < n && i < 256; i++) updates[i] = bytes(r);
  return yata_merge_updates(updates, n, out);
}

static int serve(struct request *r, yata_doc **docs, yata_buf *out) {
  char op = (char)u8(r);
  uint8_t n = u8(r);
  yata_slice a, b;
  if (n >= DOCS) return YATA_ERR_INVALID;
  if (op == 'c') return create(r, &docs[n]);
  if (op == 'M') return merge(r, out);
  if (op == 'D') {
    a = bytes(r);
    b = bytes(r);
    return yata_diff_update(a.data, a.len, b.data, b.len, out);
  }
  if (op == 'C') {
    a = bytes(r);
    return yata_update_v2_to_v1(a.data, a.len, out);
  }
  if (op == 'U') {
    a = bytes(r);
    return yata_update_state_vector(a.data, a.len, out);
  }
  yata_doc *doc = docs[n];
  if (doc == NULL) return YATA_ERR_INVALID;
  switch (op) {
  case 'a':
  case '2': return apply(op, r, doc, out);
  case 's': return yata_encode_state_vector(doc, out);
  case 'e': return encode(r, doc, out);
  case 'j': return yata_to_json(doc, (yata_type){0, 0}, out);
  case 'b': return yata_txn_begin(doc);
  case 'm': return yata_txn_commit(doc, out);
  case 'A': yata_txn_abort(doc); return 0;
  case 'r': return root(r, doc, out);
  case 'i':
  case 'x':
  case 'l':
  case 'T': return text_op(op, r, doc, out);
  case 'k':
  case 'K':
  case 'g':
  case 'd': return map_op(op, r, doc, out);
  case 'v':
  case 'V':
  case 'G':
  case 'w': return array_op(op, r, doc, out);
  default: return YATA_ERR_INVALID;
  }
}

static int check_all(yata_doc *const *docs) {
  for (int i = 0; i < DOCS; i++)
    if (docs[i] != NULL && yata_doc_check(docs[i]) < 0) return CHECK_FAILED;
  return 0;
}

static bool answer(int32_t status, const yata_buf *out) {
  uint8_t head[8];
  uint32_t len = (uint32_t)out->len + 4;
  memcpy(head, &len, 4);
  memcpy(head + 4, &status, 4);
  return fwrite(head, 1, 8, stdout) == 8 &&
         fwrite(out->data != NULL ? (const void *)out->data : "", 1, out->len, stdout) == out->len &&
         fflush(stdout) == 0;
}

int main(void) {
  yata_doc *docs[DOCS] = {NULL};
  uint8_t head[4], *data = NULL;
  bool ok = true;
  while (ok && fread(head, 1, 4, stdin) == 4) {
    uint32_t len;
    memcpy(&len, head, 4);
    uint8_t *grown = realloc(data, len + 1u);
    if (grown == NULL || fread(grown, 1, len, stdin) != len) return 1;
    data = grown;
    struct request r = {data, data + len};
    yata_buf out = YATA_BUF_INIT;
    arena_used = 0;
    int status = serve(&r, docs, &out);
    int check = check_all(docs);
    ok = answer(check < 0 ? check : status, &out);
    yata_buf_deinit(&out);
  }
  for (int i = 0; i < DOCS; i++) yata_doc_destroy(docs[i]);
  free(data);
  return 0;
}
