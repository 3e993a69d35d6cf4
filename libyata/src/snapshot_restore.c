/* SPDX-License-Identifier: MIT */
/* A new document as of a snapshot: the state's update, cut to what was known and with the deletions
 * of then, is applied to an empty one. */
#include "apply.h"
#include "delete_set.h"
#include "encode.h"

struct restorer {
  const yata_snapshot *s;
  yata_buf body;    /* the sections */
  yata_buf section; /* the structs of the current one */
  uint64_t client, known;
  uint32_t sections, structs;
};

/* The units of a string before `end`; half of a pair becomes U+FFFD. */
static int put_head_of_string(yata_buf *out, yata_slice s, uint32_t end) {
  const uint8_t *p = s.data, *whole = p;
  uint32_t units = 0;
  while (units < end) {
    whole = p;
    units += yata_utf8_next(&p) >= 0x10000 ? 2 : 1;
  }
  if (units == end) whole = p;
  size_t len = (size_t)(whole - s.data);
  YATA_TRY(yata_buf_put_uint(out, len + (units > end ? 3 : 0)));
  YATA_TRY(yata_buf_put(out, s.data, len));
  return units > end ? yata_buf_put(out, "\xef\xbf\xbd", 3) : 0;
}

static int put_head_of_values(yata_buf *out, const struct yata_struct *st, uint32_t end) {
  struct yata_rd rd = yata_rd_of(st->content.data, st->content.len);
  yata_slice s;
  for (uint32_t i = 0; i < end; i++)
    YATA_TRY(st->kind == YATA_WIRE_ANY ? yata_rd_any_skip(&rd, YATA_NESTING_MAX) : yata_rd_bytes(&rd, &s));
  YATA_TRY(yata_buf_put_uint(out, end));
  return yata_buf_put(out, rd.base, (size_t)(rd.p - rd.base));
}

/* A struct's first `end` units. */
static int put_head(yata_buf *out, const struct yata_struct *st, uint32_t end) {
  struct yata_struct head = *st;
  if (st->kind == YATA_WIRE_GC || st->kind == YATA_WIRE_DELETED || end == st->len) {
    head.len = end;
    return yata_struct_write(out, &head, 0);
  }
  const struct yata_head h = yata_struct_head(st, 0);
  YATA_TRY(yata_head_write(out, &h));
  return st->kind == YATA_WIRE_STRING ? put_head_of_string(out, st->content, end) : put_head_of_values(out, st, end);
}

static int on_section(void *user, uint64_t client, uint64_t structs) {
  struct restorer *r = user;
  (void)structs;
  r->client = client;
  r->known = yata_state_vector_get(&r->s->sv, client);
  r->structs = 0;
  yata_buf_clear(&r->section);
  return 0;
}

/* Is content gone that the snapshot shows? */
static bool is_lost(const struct restorer *r, const struct yata_struct *st, uint32_t end) {
  if (st->kind != YATA_WIRE_GC && st->kind != YATA_WIRE_DELETED) return false;
  yata_range range = {st->id.client, st->id.clock, end};
  const yata_delete_set part = {&range, 1, 1, NULL};
  return !yata_delete_set_covers(&r->s->ds, &part);
}

static int on_struct(void *user, const struct yata_struct *st, size_t offset) {
  struct restorer *r = user;
  (void)offset;
  if (st->kind == YATA_WIRE_SKIP || st->id.clock >= r->known) return 0;
  uint32_t end = r->known - st->id.clock < st->len ? (uint32_t)(r->known - st->id.clock) : st->len;
  if (is_lost(r, st, end)) return YATA_ERR_ERASED;
  r->structs++;
  return put_head(&r->section, st, end);
}

static int on_section_end(void *user, size_t offset, uint32_t clock) {
  struct restorer *r = user;
  (void)offset;
  (void)clock;
  if (r->structs == 0) return 0;
  r->sections++;
  YATA_TRY(yata_buf_put_uint(&r->body, r->structs));
  YATA_TRY(yata_buf_put_uint(&r->body, r->client));
  YATA_TRY(yata_buf_put_uint(&r->body, 0));
  return yata_buf_put(&r->body, r->section.data, r->section.len);
}

static int write_update(struct restorer *r, yata_slice state, yata_buf *out) {
  struct yata_walk walk = {on_section, on_struct, on_section_end, NULL, r, true};
  YATA_TRY(yata_update_walk(state.data, state.len, YATA_NESTING_MAX, &walk, NULL));
  YATA_TRY(yata_buf_put_uint(out, r->sections));
  YATA_TRY(yata_buf_put(out, r->body.data, r->body.len));
  return yata_delete_set_encode(&r->s->ds, out);
}

/* Append the update that makes an empty document what this one was. */
static int update_as_of(const yata_doc *doc, const yata_snapshot *s, yata_buf *out) {
  struct restorer r = {.s = s, .body = {.alloc = out->alloc}, .section = {.alloc = out->alloc}};
  yata_buf state = {.alloc = out->alloc};
  int err = yata_encode_held(doc, NULL, 0, &state);
  if (err == 0) err = write_update(&r, (yata_slice){state.data, state.len}, out);
  yata_buf_deinit(&state);
  yata_buf_deinit(&r.body);
  yata_buf_deinit(&r.section);
  return err;
}

/* The document must know what the snapshot knows, else it cannot be told what was where. */
static int check_known(const yata_doc *doc, const yata_snapshot *s) {
  yata_state_vector now = {.alloc = doc->mem.alloc};
  YATA_TRY(yata_state_vector_of_doc(&now, doc));
  enum yata_order order = yata_state_vector_compare(&s->sv, &now);
  yata_state_vector_deinit(&now);
  return order == YATA_ORDER_EQUAL || order == YATA_ORDER_BEFORE ? 0 : YATA_ERR_RANGE;
}

int yata_snapshot_restore(const yata_doc *doc, const yata_snapshot *s, const yata_options *options, yata_doc **out) {
  yata_buf update = {.alloc = doc->mem.alloc};
  yata_doc *made = NULL;
  YATA_TRY(check_known(doc, s));
  int err = yata_doc_create(options, &made);
  if (err == 0) err = update_as_of(doc, s, &update);
  /* What this document took needs no limits, but for what comes to the new one later. */
  if (err == 0) yata_doc_set_limits(made, SIZE_MAX, UINT64_MAX);
  if (err == 0) err = yata_apply_held(made, (yata_slice){update.data, update.len});
  if (err == 0) yata_doc_set_limits(made, options ? options->max_pending_bytes : 0, options ? options->max_steps : 0);
  yata_buf_deinit(&update);
  if (err < 0) {
    yata_doc_destroy(made);
    return err;
  }
  *out = made;
  return 0;
}
