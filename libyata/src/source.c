/* SPDX-License-Identifier: MIT */
#include "source.h"

#include "held.h"

int yata_source_open(struct yata_source *s, bool v2, yata_slice data, uint32_t nesting, uint64_t structs,
                     struct yata_mem *mem, const yata_allocator *alloc) {
  static const uint8_t nothing;
  s->v2 = v2;
  s->plain = false;
  s->nesting = nesting;
  s->rd = yata_rd_of(data.data != NULL ? data.data : &nothing, data.len);
  yata_buf_init(&s->shaped, alloc);
  yata_buf_init(&s->json, alloc);
  if (v2) return yata_v2_open(&s->in, data.data, data.len, nesting, structs, mem);
  return data.len > UINT32_MAX ? YATA_ERR_LIMIT : 0;
}

void yata_source_close(struct yata_source *s, struct yata_mem *mem) {
  if (s->v2) yata_v2_close(&s->in, mem);
  yata_buf_deinit(&s->shaped);
  yata_buf_deinit(&s->json);
}

size_t yata_source_offset(const struct yata_source *s) {
  return (size_t)(s->v2 ? s->in.where - s->in.base : s->rd.p - s->rd.base);
}

int yata_source_count(struct yata_source *s, bool deletions, uint64_t *out) {
  if (s->v2) return yata_v2_count(&s->in, deletions, out);
  s->rd.what = deletions ? "the delete set: its number of clients" : "the number of clients";
  return yata_rd_uint(&s->rd, out);
}

int yata_source_section(struct yata_source *s, uint64_t *structs, struct yata_wid *first) {
  struct yata_rd *rd = &s->rd;
  const uint8_t *at = rd->p;
  if (s->v2) {
    s->vs.st.len = 0;
    YATA_TRY(yata_v2_section(&s->in, structs, &s->vs.st.id));
    *first = s->vs.st.id;
    return 0;
  }
  rd->what = "the number of a client's structs, no more than fit";
  YATA_TRY(yata_rd_uint(rd, structs));
  /* Every struct takes two bytes at least. */
  if (*structs > (size_t)(rd->end - rd->p) / 2) {
    rd->p = at;
    return YATA_ERR_MALFORMED;
  }
  s->st.len = 0;
  rd->what = "a client id below 2^53";
  YATA_TRY(yata_rd_uint(rd, &s->st.id.client));
  rd->what = "a clock below 2^31";
  YATA_TRY(yata_rd_clock(rd, &s->st.id.clock));
  *first = s->st.id;
  return 0;
}

/* ---- what version 2 has in another way -------------------------------------------------------- */

static int put_bytes(yata_buf *out, yata_slice bytes) {
  YATA_TRY(yata_buf_put_uint(out, bytes.len));
  return yata_buf_put(out, bytes.data, bytes.len);
}

/* Without its length. */
static int put_text(yata_buf *out, const struct yata_v2_str *s) {
  if (s->head) YATA_TRY(yata_buf_put(out, "\xef\xbf\xbd", 3));
  YATA_TRY(yata_buf_put(out, s->s.data, s->s.len));
  return s->tail ? yata_buf_put(out, "\xef\xbf\xbd", 3) : 0;
}

static int put_string(yata_buf *out, const struct yata_v2_str *s) {
  YATA_TRY(yata_buf_put_uint(out, s->s.len + (s->head ? 3 : 0) + (s->tail ? 3 : 0)));
  return put_text(out, s);
}

/* An `any` where version 1 has JSON. */
static int put_held(struct yata_source *s, yata_slice any) {
  struct yata_rd rd = yata_rd_of(any.data, any.len);
  yata_buf_clear(&s->json);
  YATA_TRY(s->plain ? yata_any_to_json(&rd, &s->json) : yata_held_of_any(any, &s->json));
  return put_bytes(&s->shaped, (yata_slice){s->json.data, s->json.len});
}

static int put_json_values(struct yata_source *s) {
  struct yata_v2_strings strings = s->vs.json;
  struct yata_v2_str str;
  for (uint32_t i = 0; i < s->vs.st.len; i++) {
    YATA_TRY(yata_v2_next_string(&strings, &str));
    YATA_TRY(put_string(&s->shaped, &str));
  }
  return 0;
}

static int put_content(struct yata_source *s) {
  const struct yata_v2_struct *vs = &s->vs;
  yata_slice content = vs->st.content;
  if (vs->shaped) return yata_buf_put(&s->shaped, content.data, content.len);
  switch (vs->st.kind) {
  case YATA_WIRE_JSON: return put_json_values(s);
  case YATA_WIRE_STRING: return put_text(&s->shaped, &vs->text);
  case YATA_WIRE_EMBED: return put_held(s, content);
  case YATA_WIRE_FORMAT: YATA_TRY(put_string(&s->shaped, &vs->text)); return put_held(s, content);
  case YATA_WIRE_TYPE:
    YATA_TRY(yata_buf_put_u8(&s->shaped, vs->type));
    return vs->type == 3 || vs->type == 5 ? put_string(&s->shaped, &vs->text) : 0;
  case YATA_WIRE_DOC: YATA_TRY(put_string(&s->shaped, &vs->text)); break;
  default: break;
  }
  return yata_buf_put(&s->shaped, content.data, content.len);
}

/* Where nothing was ever put there are no bytes to point into. */
static yata_slice part_of(const yata_buf *b, size_t from, size_t to) {
  return (yata_slice){b->data != NULL ? b->data + from : NULL, to - from};
}

int yata_source_shape(struct yata_source *s) {
  struct yata_v2_struct *vs = &s->vs;
  yata_buf *b = &s->shaped;
  yata_buf_clear(b);
  YATA_TRY(put_content(s));
  size_t content = b->len;
  if (vs->st.parent == YATA_PARENT_NAME) YATA_TRY(put_text(b, &vs->name));
  size_t name = b->len;
  if (vs->st.has_sub) YATA_TRY(put_text(b, &vs->sub));
  vs->st.content = part_of(b, 0, content);
  vs->st.name = part_of(b, content, name);
  vs->st.sub = part_of(b, name, b->len);
  return 0;
}

/* ---- deletions ------------------------------------------------------------------------------ */

int yata_source_client(struct yata_source *s, uint64_t *client, uint64_t *ranges) {
  struct yata_rd *rd = &s->rd;
  s->clock = 0;
  if (s->v2) return yata_v2_client(&s->in, client, ranges);
  rd->what = "the delete set: a client id below 2^53";
  YATA_TRY(yata_rd_uint(rd, client));
  const uint8_t *at = rd->p;
  rd->what = "the delete set: a client's number of ranges, no more than fit";
  YATA_TRY(yata_rd_uint(rd, ranges));
  if (*ranges <= (size_t)(rd->end - rd->p) / 2) return 0;
  rd->p = at;
  return YATA_ERR_MALFORMED;
}

int yata_source_range(struct yata_source *s, uint64_t *clock, uint64_t *len) {
  struct yata_rd *rd = &s->rd;
  const uint8_t *at = rd->p;
  if (s->v2) return yata_v2_range(&s->in, &s->clock, clock, len);
  rd->what = "the delete set: a range's clock and length";
  YATA_TRY(yata_rd_uint(rd, clock));
  YATA_TRY(yata_rd_uint(rd, len));
  if (*clock <= YATA_CLOCK_MAX && *len <= YATA_CLOCK_MAX - *clock) return 0;
  rd->p = at;
  rd->what = "the delete set: a range that ends below the greatest clock";
  return YATA_ERR_LIMIT;
}

int yata_source_end(struct yata_source *s) {
  if (s->v2) return yata_v2_end(&s->in);
  s->rd.what = "the end";
  return s->rd.p == s->rd.end ? 0 : YATA_ERR_MALFORMED;
}
