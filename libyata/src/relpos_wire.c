/* SPDX-License-Identifier: MIT */
/* Relative positions as bytes. */
#include "relpos.h"

enum { OF_ITEM = 0, OF_ROOT = 1, OF_TYPE = 2 };

static int put_id(yata_buf *out, yata_id id) {
  YATA_TRY(yata_buf_put_uint(out, id.client));
  return yata_buf_put_uint(out, id.clock);
}

/* lib0's varInt: six bits with the sign, then seven at a time. */
static int put_int(yata_buf *out, int64_t value) {
  uint64_t n = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  YATA_TRY(yata_buf_put_u8(out, (uint8_t)((n > 0x3f ? 0x80 : 0) | (value < 0 ? 0x40 : 0) | (n & 0x3f))));
  n >>= 6;
  return n > 0 ? yata_buf_put_uint(out, n) : 0;
}

static int encode(const yata_relpos *pos, yata_buf *out) {
  if (pos->has_item) {
    YATA_TRY(yata_buf_put_uint(out, OF_ITEM));
    YATA_TRY(put_id(out, pos->item));
  } else if (pos->has_name) {
    YATA_TRY(yata_buf_put_uint(out, OF_ROOT));
    YATA_TRY(yata_buf_put_uint(out, pos->name.len));
    YATA_TRY(yata_buf_put(out, pos->name.data, pos->name.len));
  } else if (pos->has_type) {
    YATA_TRY(yata_buf_put_uint(out, OF_TYPE));
    YATA_TRY(put_id(out, pos->type));
  } else {
    return YATA_ERR_INVALID;
  }
  return put_int(out, pos->assoc);
}

int yata_relpos_encode(const yata_relpos *pos, yata_buf *out) {
  size_t at = out->len;
  int err = encode(pos, out);
  if (err < 0) out->len = at;
  return err;
}

static int read_id(struct yata_rd *rd, bool *has, yata_id *id) {
  *has = true;
  YATA_TRY(yata_rd_uint(rd, &id->client));
  return yata_rd_uint(rd, &id->clock);
}

static int decode(struct yata_rd *rd, yata_relpos *pos) {
  uint64_t what;
  yata_slice name;
  double assoc = 0;
  YATA_TRY(yata_rd_uint(rd, &what));
  switch (what) {
  case OF_ITEM: YATA_TRY(read_id(rd, &pos->has_item, &pos->item)); break;
  case OF_ROOT:
    YATA_TRY(yata_rd_string(rd, &name, NULL));
    YATA_TRY(yata_relpos_name(pos, name));
    break;
  case OF_TYPE: YATA_TRY(read_id(rd, &pos->has_type, &pos->type)); break;
  default: return YATA_ERR_MALFORMED;
  }
  /* Older versions wrote no association. */
  if (rd->p < rd->end) YATA_TRY(yata_rd_int(rd, &assoc));
  if (rd->p != rd->end || assoc > (double)YATA_CLIENT_MAX || assoc < -(double)YATA_CLIENT_MAX)
    return YATA_ERR_MALFORMED;
  pos->assoc = (int64_t)assoc;
  return 0;
}

int yata_relpos_decode(yata_relpos *pos, const uint8_t *bytes, size_t len) {
  struct yata_rd rd = yata_rd_of(bytes, len);
  yata_relpos fresh = {.name = {.alloc = pos->name.alloc}};
  return yata_relpos_replace(pos, &fresh, decode(&rd, &fresh));
}
