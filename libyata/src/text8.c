/* SPDX-License-Identifier: MIT */
/* UTF-8 and JSON: verifying text that came from outside. */
#include "wire.h"

static size_t ascii_prefix(const uint8_t *p, size_t len) {
  size_t i = 0;
  for (; i + 8 <= len; i += 8) {
    uint64_t w;
    memcpy(&w, p + i, 8);
    if (w & 0x8080808080808080u) break;
  }
  while (i < len && p[i] < 0x80) i++;
  return i;
}

/* The length of the valid sequence at p, 0 when it is not valid. */
static size_t sequence(const uint8_t *p, size_t len) {
  uint8_t c = p[0];
  if (c >= 0xc2 && c <= 0xdf) return len >= 2 && (p[1] & 0xc0) == 0x80 ? 2 : 0;
  if ((c & 0xf0) == 0xe0) {
    if (len < 3 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80) return 0;
    if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f)) return 0;
    return 3;
  }
  if (c >= 0xf0 && c <= 0xf4) {
    if (len < 4 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80 || (p[3] & 0xc0) != 0x80) return 0;
    if ((c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f)) return 0;
    return 4;
  }
  return 0;
}

bool yata_utf8_check(const uint8_t *p, size_t len, uint32_t *units) {
  size_t i = 0, n = 0;
  while (i < len) {
    size_t ascii = ascii_prefix(p + i, len - i);
    i += ascii;
    n += ascii;
    if (i == len) break;
    size_t seq = sequence(p + i, len - i);
    if (seq == 0) return false;
    i += seq;
    n += seq == 4 ? 2 : 1;
  }
  if (n > YATA_CLOCK_MAX) return false;
  *units = (uint32_t)n;
  return true;
}

uint32_t yata_utf8_next(const uint8_t **pp) {
  const uint8_t *p = *pp;
  if (p[0] < 0x80) {
    *pp += 1;
    return p[0];
  }
  if (p[0] < 0xe0) {
    *pp += 2;
    return (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
  }
  if (p[0] < 0xf0) {
    *pp += 3;
    return (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
  }
  *pp += 4;
  return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 | (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
}

size_t yata_utf8_put(uint8_t *p, uint32_t code) {
  if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
  if (code < 0x80) {
    p[0] = (uint8_t)code;
    return 1;
  }
  if (code < 0x800) {
    p[0] = (uint8_t)(0xc0 | code >> 6);
    p[1] = (uint8_t)(0x80 | (code & 0x3f));
    return 2;
  }
  if (code < 0x10000) {
    p[0] = (uint8_t)(0xe0 | code >> 12);
    p[1] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
    p[2] = (uint8_t)(0x80 | (code & 0x3f));
    return 3;
  }
  p[0] = (uint8_t)(0xf0 | code >> 18);
  p[1] = (uint8_t)(0x80 | (code >> 12 & 0x3f));
  p[2] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
  p[3] = (uint8_t)(0x80 | (code & 0x3f));
  return 4;
}

/* ---- JSON: a scanner with its nesting in a bit per level, no recursion ---------------------- */

struct scan {
  const uint8_t *p, *end;
  uint32_t depth, max;
  uint8_t is_object[YATA_NESTING_MAX];
};

static void space(struct scan *s) {
  while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r')) s->p++;
}

static bool is_hex(uint8_t c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool string(struct scan *s) {
  if (s->p == s->end || *s->p++ != '"') return false;
  while (s->p < s->end) {
    uint8_t c = *s->p++;
    if (c == '"') return true;
    if (c < 0x20) return false;
    if (c != '\\') continue;
    if (s->p == s->end) return false;
    c = *s->p++;
    if (c == 'u') {
      if (s->end - s->p < 4 || !is_hex(s->p[0]) || !is_hex(s->p[1]) || !is_hex(s->p[2]) || !is_hex(s->p[3]))
        return false;
      s->p += 4;
    } else if (c == 0 || strchr("\"\\/bfnrt", c) == NULL) {
      return false;
    }
  }
  return false;
}

static bool digits(struct scan *s) {
  const uint8_t *from = s->p;
  while (s->p < s->end && *s->p >= '0' && *s->p <= '9') s->p++;
  return s->p > from;
}

static bool number(struct scan *s) {
  if (s->p < s->end && *s->p == '-') s->p++;
  if (s->p < s->end && *s->p == '0')
    s->p++;
  else if (!digits(s))
    return false;
  if (s->p < s->end && *s->p == '.') {
    s->p++;
    if (!digits(s)) return false;
  }
  if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
    s->p++;
    if (s->p < s->end && (*s->p == '+' || *s->p == '-')) s->p++;
    return digits(s);
  }
  return true;
}

static bool word(struct scan *s, const char *text) {
  size_t n = strlen(text);
  if ((size_t)(s->end - s->p) < n || memcmp(s->p, text, n) != 0) return false;
  s->p += n;
  return true;
}

static bool key(struct scan *s) {
  space(s);
  if (!string(s)) return false;
  space(s);
  return s->p < s->end && *s->p++ == ':';
}

/* One scalar, or the opening of an array or object: 1 when a value is complete, 0 when one was
 * opened, negative on error. */
static int value(struct scan *s) {
  space(s);
  if (s->p == s->end) return YATA_ERR_MALFORMED;
  uint8_t c = *s->p;
  if (c == '[' || c == '{') {
    if (s->depth >= s->max) return YATA_ERR_LIMIT;
    s->p++;
    s->is_object[s->depth++] = c == '{';
    space(s);
    if (s->p < s->end && *s->p == (c == '{' ? '}' : ']')) {
      s->p++;
      s->depth--;
      return 1;
    }
    return c == '{' && !key(s) ? YATA_ERR_MALFORMED : 0;
  }
  bool ok = c == '"'   ? string(s)
            : c == 't' ? word(s, "true")
            : c == 'f' ? word(s, "false")
            : c == 'n' ? word(s, "null")
                       : number(s);
  return ok ? 1 : YATA_ERR_MALFORMED;
}

int yata_json_check(const uint8_t *p, size_t len, uint32_t nesting) {
  struct scan s = {.p = p, .end = p + len, .max = nesting};
  for (;;) {
    int r = value(&s);
    if (r < 0) return r;
    while (r == 1 && s.depth > 0) {
      space(&s);
      if (s.p == s.end) return YATA_ERR_MALFORMED;
      uint8_t c = *s.p++;
      bool object = s.is_object[s.depth - 1];
      if (c == (object ? '}' : ']'))
        s.depth--;
      else if (c != ',' || (object && !key(&s)))
        return YATA_ERR_MALFORMED;
      else
        r = 0;
    }
    if (r == 1) break;
  }
  space(&s);
  return s.p == s.end ? 0 : YATA_ERR_MALFORMED;
}
