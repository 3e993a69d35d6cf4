/* SPDX-License-Identifier: MIT */
#include "wire.h"

int yata_rd_uint_slow(struct yata_rd *rd, uint64_t *out) {
  uint64_t num = 0;
  const uint8_t *p = rd->p;
  for (unsigned shift = 0; p < rd->end; shift += 7) {
    uint8_t b = *p++;
    if (shift > 56 || (shift == 49 && (b & 0x70)) || (shift == 56 && (b & 0x7f))) return YATA_ERR_MALFORMED;
    num |= (uint64_t)(b & 0x7f) << shift;
    if (b < 0x80) {
      rd->p = p;
      *out = num;
      return 0;
    }
  }
  return YATA_ERR_MALFORMED;
}

int yata_rd_clock_slow(struct yata_rd *rd, uint32_t *out) {
  uint64_t v;
  const uint8_t *at = rd->p;
  YATA_TRY(yata_rd_uint(rd, &v));
  if (v > YATA_CLOCK_MAX) {
    rd->p = at;
    return YATA_ERR_LIMIT;
  }
  *out = (uint32_t)v;
  return 0;
}

int yata_rd_bytes(struct yata_rd *rd, yata_slice *out) {
  uint64_t n;
  const uint8_t *at = rd->p;
  YATA_TRY(yata_rd_uint(rd, &n));
  if (n > (size_t)(rd->end - rd->p)) {
    rd->p = at;
    return YATA_ERR_MALFORMED;
  }
  *out = (yata_slice){rd->p, (size_t)n};
  rd->p += n;
  return 0;
}

int yata_rd_string(struct yata_rd *rd, yata_slice *out, uint32_t *units) {
  const uint8_t *at = rd->p;
  uint32_t n;
  YATA_TRY(yata_rd_bytes(rd, out));
  if (!yata_utf8_check(out->data, out->len, &n)) {
    rd->p = at;
    return YATA_ERR_MALFORMED;
  }
  if (units != NULL) *units = n;
  return 0;
}

int yata_rd_int(struct yata_rd *rd, double *out) {
  const uint8_t *p = rd->p;
  if (p == rd->end) return YATA_ERR_MALFORMED;
  bool negative = *p & 0x40;
  uint64_t num = *p & 0x3f;
  for (unsigned shift = 6; *p++ & 0x80; shift += 7) {
    if (p == rd->end || shift > 55 || (shift == 55 && *p > 0)) return YATA_ERR_MALFORMED;
    num |= (uint64_t)(*p & 0x7f) << shift;
  }
  rd->p = p;
  *out = negative ? -(double)num : (double)num;
  return 0;
}

static int skip_bytes(struct yata_rd *rd, size_t n) {
  if ((size_t)(rd->end - rd->p) < n) return YATA_ERR_MALFORMED;
  rd->p += n;
  return 0;
}

/* A scalar is stepped over; for an array (or object) `count` gets its size. */
static int any_head(struct yata_rd *rd, uint8_t *tag, uint64_t *count) {
  yata_slice s;
  double d;
  if (rd->p == rd->end) return YATA_ERR_MALFORMED;
  *tag = *rd->p++;
  switch (*tag) {
  case 116: return yata_rd_bytes(rd, &s);
  case 117:
  case 118: return yata_rd_uint(rd, count);
  case 119: return yata_rd_string(rd, &s, NULL);
  case 122:
  case 123: return skip_bytes(rd, 8);
  case 124: return skip_bytes(rd, 4);
  case 125: return yata_rd_int(rd, &d);
  case 120:
  case 121:
  case 126:
  case 127: return 0;
  default: rd->p--; return YATA_ERR_MALFORMED;
  }
}

int yata_rd_any_skip(struct yata_rd *rd, uint32_t nesting) {
  uint64_t left[YATA_NESTING_MAX + 1];
  bool object[YATA_NESTING_MAX + 1];
  uint32_t depth = 0;
  left[0] = 1;
  object[0] = false;
  for (;;) {
    while (left[depth] == 0) {
      if (depth == 0) return 0;
      depth--;
    }
    left[depth]--;
    yata_slice key;
    if (object[depth]) YATA_TRY(yata_rd_string(rd, &key, NULL));
    uint8_t tag;
    uint64_t count = 0;
    const uint8_t *at = rd->p;
    YATA_TRY(any_head(rd, &tag, &count));
    if (tag != 117 && tag != 118) continue;
    if (depth >= nesting) {
      rd->p = at;
      return YATA_ERR_LIMIT;
    }
    left[++depth] = count;
    object[depth] = tag == 118;
  }
}

static int read_id(struct yata_rd *rd, const char *what, struct yata_wid *id) {
  rd->what = what;
  YATA_TRY(yata_rd_uint(rd, &id->client));
  return yata_rd_clock(rd, &id->clock);
}

static int read_json_text(struct yata_rd *rd, uint32_t nesting, bool may_be_undefined) {
  yata_slice s;
  const uint8_t *at = rd->p;
  YATA_TRY(yata_rd_string(rd, &s, NULL));
  if (may_be_undefined && s.len == 9 && memcmp(s.data, "undefined", 9) == 0) return 0;
  int err = yata_json_check(s.data, s.len, nesting);
  if (err < 0) rd->p = at;
  return err;
}

/* What an embed or a format holds. */
static int read_held(struct yata_rd *rd, uint32_t nesting) {
  yata_slice s;
  const uint8_t *at = rd->p;
  YATA_TRY(yata_rd_bytes(rd, &s));
  if (!rd->held || s.len == 0 || *s.data != 0) {
    rd->p = at;
    return read_json_text(rd, nesting, false);
  }
  struct yata_rd any = yata_rd_of(s.data + 1, s.len - 1);
  int err = yata_rd_any_skip(&any, nesting);
  if (err == 0 && any.p != any.end) err = YATA_ERR_MALFORMED;
  if (err < 0) rd->p = at;
  return err;
}

static int read_values(struct yata_rd *rd, uint32_t nesting, struct yata_struct *st) {
  YATA_TRY(yata_rd_clock(rd, &st->len));
  st->content.data = rd->p;
  for (uint32_t i = 0; i < st->len; i++)
    YATA_TRY(st->kind == YATA_WIRE_ANY ? yata_rd_any_skip(rd, nesting) : read_json_text(rd, nesting, true));
  st->content.len = (size_t)(rd->p - st->content.data);
  return 0;
}

static int read_type(struct yata_rd *rd) {
  uint64_t ref;
  yata_slice name;
  const uint8_t *at = rd->p;
  YATA_TRY(yata_rd_uint(rd, &ref));
  if (ref > 6) {
    rd->p = at;
    return YATA_ERR_MALFORMED;
  }
  return ref == 3 || ref == 5 ? yata_rd_string(rd, &name, NULL) : 0;
}

static int read_content(struct yata_rd *rd, uint32_t nesting, struct yata_struct *st) {
  yata_slice s;
  const uint8_t *at = rd->p;
  st->len = 1;
  switch (st->kind) {
  case YATA_WIRE_DELETED: YATA_TRY(yata_rd_clock(rd, &st->len)); break;
  case YATA_WIRE_JSON:
  case YATA_WIRE_ANY: return read_values(rd, nesting, st);
  case YATA_WIRE_BINARY: YATA_TRY(yata_rd_bytes(rd, &s)); break;
  case YATA_WIRE_STRING: return yata_rd_string(rd, &st->content, &st->len);
  case YATA_WIRE_EMBED: YATA_TRY(read_held(rd, nesting)); break;
  case YATA_WIRE_FORMAT:
    YATA_TRY(yata_rd_string(rd, &s, NULL));
    YATA_TRY(read_held(rd, nesting));
    break;
  case YATA_WIRE_TYPE: YATA_TRY(read_type(rd)); break;
  case YATA_WIRE_DOC:
    YATA_TRY(yata_rd_string(rd, &s, NULL));
    YATA_TRY(yata_rd_any_skip(rd, nesting));
    break;
  default: return YATA_ERR_MALFORMED;
  }
  st->content = (yata_slice){at, (size_t)(rd->p - at)};
  return 0;
}

/* Everything of an item before its content. `check`: verify strings. */
static int read_head(struct yata_rd *rd, uint8_t info, bool check, struct yata_struct *st) {
  st->kind = info & 0x1f;
  st->has_left = info & YATA_INFO_LEFT;
  st->has_right = info & YATA_INFO_RIGHT;
  st->has_sub = false;
  st->parent = YATA_PARENT_COPY;
  if (st->has_left) YATA_TRY(read_id(rd, "an origin: client id and clock", &st->left));
  if (st->has_right) YATA_TRY(read_id(rd, "a right origin: client id and clock", &st->right));
  if (st->has_left || st->has_right) return 0;
  uint64_t named;
  rd->what = "a parent: 1 and a root's name, or 0 and an id";
  YATA_TRY(yata_rd_uint(rd, &named));
  st->parent = named == 1 ? YATA_PARENT_NAME : YATA_PARENT_ID;
  if (named != 1)
    YATA_TRY(read_id(rd, "a parent: client id and clock", &st->parent_id));
  else
    YATA_TRY(check ? yata_rd_string(rd, &st->name, NULL) : yata_rd_bytes(rd, &st->name));
  st->has_sub = info & YATA_INFO_SUB;
  if (!st->has_sub) return 0;
  rd->what = "a map key";
  return check ? yata_rd_string(rd, &st->sub, NULL) : yata_rd_bytes(rd, &st->sub);
}

static bool is_ahead(const struct yata_wid *ref, const struct yata_wid *id) {
  return ref->client == id->client && ref->clock >= id->clock;
}

static const char *const contents[32] = {
    [YATA_WIRE_DELETED] = "deleted content: its length",
    [YATA_WIRE_JSON] = "JSON content: a count and valid JSON texts, not nested too deep",
    [YATA_WIRE_BINARY] = "binary content: a length and bytes",
    [YATA_WIRE_STRING] = "string content: a length and valid UTF-8",
    [YATA_WIRE_EMBED] = "an embed: valid JSON, not nested too deep",
    [YATA_WIRE_FORMAT] = "a format: a key and valid JSON, not nested too deep",
    [YATA_WIRE_TYPE] = "a shared type: its number, 0 to 6",
    [YATA_WIRE_ANY] = "values: a count and that many, not nested too deep",
    [YATA_WIRE_DOC] = "a sub-document: its guid and options",
};

/* Bytes that an item's head and the length behind it take at most in read_plain. */
#define PLAIN_MAX (1 + 5 * YATA_WORD)

static const uint8_t *word_id(const uint8_t *p, struct yata_wid *id) {
  uint64_t clock;
  if ((p = yata_word_uint(p, &id->client)) == NULL || (p = yata_word_uint(p, &clock)) == NULL) return NULL;
  if (clock > YATA_CLOCK_MAX || id->client > YATA_CLIENT_MAX) return NULL;
  id->clock = (uint32_t)clock;
  return p;
}

/* Most structs by far: text, or what is deleted, beside others. False: look again, and closer. */
static bool read_plain(struct yata_rd *rd, struct yata_struct *st) {
  const uint8_t *p = rd->p, *content;
  if (rd->end - p < PLAIN_MAX) return false;
  uint8_t info = *p++, kind = info & 0x1f;
  uint64_t n;
  if ((kind != YATA_WIRE_STRING && kind != YATA_WIRE_DELETED) || !(info & (YATA_INFO_LEFT | YATA_INFO_RIGHT)))
    return false;
  st->kind = kind;
  st->has_left = info & YATA_INFO_LEFT;
  st->has_right = info & YATA_INFO_RIGHT;
  st->has_sub = false;
  st->parent = YATA_PARENT_COPY;
  if (st->has_left && ((p = word_id(p, &st->left)) == NULL || is_ahead(&st->left, &st->id))) return false;
  if (st->has_right && ((p = word_id(p, &st->right)) == NULL || is_ahead(&st->right, &st->id))) return false;
  content = p;
  if ((p = yata_word_uint(p, &n)) == NULL || n == 0) return false;
  if (kind == YATA_WIRE_STRING) {
    if (n > (size_t)(rd->end - p) || !yata_utf8_check(p, (size_t)n, &st->len)) return false;
    content = p;
    p += n;
  } else {
    if (n > YATA_CLOCK_MAX) return false;
    st->len = (uint32_t)n;
  }
  if (st->len > YATA_CLOCK_MAX - st->id.clock) return false;
  st->content = (yata_slice){content, (size_t)(p - content)};
  rd->p = p;
  return true;
}

int yata_struct_read(struct yata_rd *rd, uint32_t nesting, struct yata_struct *st) {
  const uint8_t *at = rd->p;
  if (read_plain(rd, st)) return 0;
  rd->what = "a struct: its info byte";
  if (rd->p == rd->end) return YATA_ERR_MALFORMED;
  uint8_t info = *rd->p++;
  uint8_t kind = info & 0x1f;
  if (kind == YATA_WIRE_GC || kind == YATA_WIRE_SKIP) {
    *st = (struct yata_struct){.id = st->id, .kind = kind};
    rd->what = "a length";
    YATA_TRY(yata_rd_clock(rd, &st->len));
  } else {
    YATA_TRY(read_head(rd, info, true, st));
    rd->what = contents[kind] != NULL ? contents[kind] : "a struct of a known kind, 0 to 10";
    YATA_TRY(read_content(rd, nesting, st));
    /* What depends on its own client's future can never be integrated. */
    if ((st->has_left && is_ahead(&st->left, &st->id)) || (st->has_right && is_ahead(&st->right, &st->id)) ||
        (st->parent == YATA_PARENT_ID && is_ahead(&st->parent_id, &st->id))) {
      rd->p = at;
      rd->what = "a struct that depends on what its client wrote before";
      return YATA_ERR_MALFORMED;
    }
  }
  if (st->len == 0 && kind != YATA_WIRE_SKIP) {
    rd->p = at;
    rd->what = "a struct with a length above 0";
    return YATA_ERR_MALFORMED;
  }
  if (st->len > YATA_CLOCK_MAX - st->id.clock) {
    rd->p = at;
    rd->what = "a struct that ends below the greatest clock";
    return YATA_ERR_LIMIT;
  }
  return 0;
}

void yata_struct_reread(struct yata_rd *rd, uint32_t len, struct yata_struct *st) {
  uint8_t info = *rd->p++;
  uint32_t n;
  uint64_t n64;
  st->len = len;
  st->kind = info & 0x1f;
  st->has_left = st->has_right = st->has_sub = false;
  st->parent = YATA_PARENT_COPY;
  if (st->kind == YATA_WIRE_GC || st->kind == YATA_WIRE_SKIP) return;
  int err = read_head(rd, info, false, st);
  if (err == 0 && (st->kind == YATA_WIRE_JSON || st->kind == YATA_WIRE_ANY))
    err = yata_rd_clock(rd, &n);
  else if (err == 0 && st->kind == YATA_WIRE_STRING)
    err = yata_rd_uint(rd, &n64);
  (void)err; /* verified before */
  st->content = (yata_slice){rd->p, (size_t)(rd->end - rd->p)};
}
