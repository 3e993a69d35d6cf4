/* SPDX-License-Identifier: MIT */
/* Relative positions as JSON, as they stand in awareness states. The text is verified first; then
 * reading it needs few checks. */
#include "edit.h"
#include "relpos.h"

/* ---- writing ------------------------------------------------------------------------------ */

static int put(yata_buf *out, const char *text) {
  return yata_buf_put(out, text, strlen(text));
}

static int put_uint(yata_buf *out, uint64_t n) {
  char digits[20];
  size_t at = sizeof(digits);
  do digits[--at] = (char)('0' + n % 10);
  while ((n /= 10) > 0);
  return yata_buf_put(out, digits + at, sizeof(digits) - at);
}

static int put_id(yata_buf *out, const char *member, yata_id id) {
  YATA_TRY(put(out, member));
  YATA_TRY(put(out, "{\"client\":"));
  YATA_TRY(put_uint(out, id.client));
  YATA_TRY(put(out, ",\"clock\":"));
  YATA_TRY(put_uint(out, id.clock));
  return put(out, "},");
}

static int to_json(const yata_relpos *pos, yata_buf *out) {
  YATA_TRY(put(out, "{"));
  if (pos->has_type) YATA_TRY(put_id(out, "\"type\":", pos->type));
  if (pos->has_name && pos->name.len > 0) { /* Yjs leaves an empty name out */
    YATA_TRY(put(out, "\"tname\":"));
    YATA_TRY(yata_json_put_string(out, (yata_slice){pos->name.data, pos->name.len}));
    YATA_TRY(put(out, ","));
  }
  if (pos->has_item) YATA_TRY(put_id(out, "\"item\":", pos->item));
  YATA_TRY(put(out, pos->assoc < 0 ? "\"assoc\":-" : "\"assoc\":"));
  YATA_TRY(put_uint(out, pos->assoc < 0 ? 0 - (uint64_t)pos->assoc : (uint64_t)pos->assoc));
  return put(out, "}");
}

int yata_relpos_to_json(const yata_relpos *pos, yata_buf *out) {
  size_t at = out->len;
  int err = to_json(pos, out);
  if (err < 0) out->len = at;
  return err;
}

/* ---- reading: the text is valid JSON -------------------------------------------------------------- */

static void space(struct yata_rd *rd) {
  while (rd->p < rd->end && (*rd->p == ' ' || *rd->p == '\t' || *rd->p == '\n' || *rd->p == '\r')) rd->p++;
}

/* Step over a character if it is the next one. */
static bool take(struct yata_rd *rd, char c) {
  space(rd);
  if (rd->p == rd->end || *rd->p != (uint8_t)c) return false;
  rd->p++;
  return true;
}

static bool word(struct yata_rd *rd, const char *text) {
  size_t n = strlen(text);
  space(rd);
  if ((size_t)(rd->end - rd->p) < n || memcmp(rd->p, text, n) != 0) return false;
  rd->p += n;
  return true;
}

/* A string, behind its opening quote; `out` NULL steps over it. */
static int read_string(struct yata_rd *rd, yata_buf *out) {
  while (*rd->p != '"') {
    uint8_t utf8[4];
    size_t n = 1;
    utf8[0] = *rd->p++;
    if (utf8[0] == '\\') n = yata_utf8_put(utf8, yata_json_unescape(&rd->p, rd->end));
    if (out != NULL) YATA_TRY(yata_buf_put(out, utf8, n));
  }
  rd->p++;
  return 0;
}

/* Step over one value. */
static int skip(struct yata_rd *rd) {
  uint32_t depth = 0;
  do {
    space(rd);
    uint8_t c = *rd->p;
    if (c == '"') {
      rd->p++;
      YATA_TRY(read_string(rd, NULL));
    } else if (c == '{' || c == '[' || c == '}' || c == ']') {
      depth += c == '{' || c == '[' ? 1 : UINT32_MAX;
      rd->p++;
    } else if (c == ',' || c == ':') {
      rd->p++;
    } else {
      while (rd->p < rd->end && strchr(" \t\n\r,:]}", *rd->p) == NULL) rd->p++;
    }
  } while (depth > 0);
  return 0;
}

/* A whole number below 2^53. */
static int read_uint(struct yata_rd *rd, uint64_t *out) {
  uint64_t n = 0;
  space(rd);
  const uint8_t *from = rd->p;
  while (rd->p < rd->end && *rd->p >= '0' && *rd->p <= '9') {
    n = n * 10 + (uint64_t)(*rd->p++ - '0');
    if (n > YATA_CLIENT_MAX) return YATA_ERR_MALFORMED;
  }
  if (rd->p == from || (rd->p < rd->end && (*rd->p == '.' || *rd->p == 'e' || *rd->p == 'E')))
    return YATA_ERR_MALFORMED;
  *out = n;
  return 0;
}

/* Which of the names is the next member's; -1 for another. Steps over the colon. */
static int member(struct yata_rd *rd, const char *const *names, int count) {
  const uint8_t *from = rd->p + 1; /* names that matter need no escapes */
  rd->p++;
  int err = read_string(rd, NULL), found = -1;
  size_t len = (size_t)(rd->p - 1 - from);
  for (int i = 0; i < count && err == 0; i++)
    if (strlen(names[i]) == len && memcmp(names[i], from, len) == 0) found = i;
  (void)take(rd, ':');
  return found;
}

/* The members of an object; `read` takes the value of a member whose name is known. */
static int read_object(struct yata_rd *rd, const char *const *names, int count,
                       int (*read)(struct yata_rd *, int, void *), void *user) {
  if (!take(rd, '{')) return YATA_ERR_MALFORMED;
  while (!take(rd, '}')) {
    (void)take(rd, ',');
    space(rd);
    int which = member(rd, names, count);
    YATA_TRY(which < 0 ? skip(rd) : read(rd, which, user));
  }
  return 0;
}

struct id_reader {
  yata_id id;
  bool client, clock;
};

static int read_id_member(struct yata_rd *rd, int which, void *user) {
  struct id_reader *r = user;
  *(which == 0 ? &r->client : &r->clock) = true;
  return read_uint(rd, which == 0 ? &r->id.client : &r->id.clock);
}

static int read_id(struct yata_rd *rd, bool *has, yata_id *out) {
  static const char *const names[] = {"client", "clock"};
  struct id_reader r = {{0, 0}, false, false};
  *has = !word(rd, "null");
  if (!*has) return 0;
  YATA_TRY(read_object(rd, names, 2, read_id_member, &r));
  *out = r.id;
  return r.client && r.clock ? 0 : YATA_ERR_MALFORMED;
}

static int read_name(struct yata_rd *rd, yata_relpos *pos) {
  yata_buf_clear(&pos->name);
  pos->has_name = !word(rd, "null");
  if (!pos->has_name) return 0;
  return take(rd, '"') ? read_string(rd, &pos->name) : YATA_ERR_MALFORMED;
}

static int read_assoc(struct yata_rd *rd, int64_t *out) {
  uint64_t n = 0;
  if (word(rd, "null")) return 0;
  bool negative = take(rd, '-');
  YATA_TRY(read_uint(rd, &n));
  *out = negative ? -(int64_t)n : (int64_t)n;
  return 0;
}

static int read_member(struct yata_rd *rd, int which, void *user) {
  yata_relpos *pos = user;
  switch (which) {
  case 0: return read_id(rd, &pos->has_type, &pos->type);
  case 1: return read_name(rd, pos);
  case 2: return read_id(rd, &pos->has_item, &pos->item);
  default: return read_assoc(rd, &pos->assoc);
  }
}

static int from_json(struct yata_rd *rd, yata_relpos *pos) {
  static const char *const names[] = {"type", "tname", "item", "assoc"};
  YATA_TRY(read_object(rd, names, 4, read_member, pos));
  return pos->has_type || pos->has_name || pos->has_item ? 0 : YATA_ERR_MALFORMED;
}

int yata_relpos_from_json(yata_relpos *pos, const char *json, size_t len) {
  struct yata_rd rd = yata_rd_of((const uint8_t *)json, len);
  yata_relpos fresh = {.name = {.alloc = pos->name.alloc}};
  uint32_t units;
  if (len == 0 || !yata_utf8_check(rd.p, len, &units)) return YATA_ERR_MALFORMED;
  YATA_TRY(yata_json_check(rd.p, len, YATA_NESTING_MAX));
  return yata_relpos_replace(pos, &fresh, from_json(&rd, &fresh));
}
