/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <string.h>

#define HIGH_BITS UINT64_C(0x8080808080808080)

/* Skip bytes below 0x80, eight at a time. */
static size_t skip_ascii(const uint8_t *text, size_t at, size_t len) {
  while (len - at >= 8) {
    uint64_t word;
    memcpy(&word, text + at, 8);
    if (word & HIGH_BITS) break;
    at += 8;
  }
  while (at < len && text[at] < 0x80) at++;
  return at;
}

/* RFC 3629, section 4: what may follow each first byte. */
static bool begin_sequence(struct utf8_state *s, uint8_t first) {
  s->low = 0x80;
  s->high = 0xbf;
  if (first >= 0xc2 && first <= 0xdf) {
    s->need = 1;
  } else if (first >= 0xe0 && first <= 0xef) {
    s->need = 2;
    if (first == 0xe0) s->low = 0xa0;  /* overlong */
    if (first == 0xed) s->high = 0x9f; /* surrogates */
  } else if (first >= 0xf0 && first <= 0xf4) {
    s->need = 3;
    if (first == 0xf0) s->low = 0x90;  /* overlong */
    if (first == 0xf4) s->high = 0x8f; /* past U+10FFFF */
  } else {
    return false;
  }
  return true;
}

bool utf8_feed(struct utf8_state *s, const uint8_t *text, size_t len) {
  size_t at = 0;
  while (at < len) {
    if (s->need == 0) {
      at = skip_ascii(text, at, len);
      if (at == len) break;
      if (!begin_sequence(s, text[at++])) return false;
      continue;
    }
    if (text[at] < s->low || text[at] > s->high) return false;
    s->need--;
    s->low = 0x80;
    s->high = 0xbf;
    at++;
  }
  return true;
}

bool utf8_complete(const struct utf8_state *s) {
  return s->need == 0;
}

bool utf8_valid(const uint8_t *text, size_t len) {
  struct utf8_state s = {0};
  return utf8_feed(&s, text, len) && utf8_complete(&s);
}

/* UTF-16 units that the character with this byte in it contributes here: its
 * first byte counts one, the first of four counts two, others none. */
static size_t units_of_byte(uint8_t byte) {
  return (size_t)((byte & 0xc0) != 0x80) + (size_t)(byte >= 0xf0);
}

size_t utf8_utf16_len(const uint8_t *text, size_t len) {
  size_t units = 0;
  for (size_t i = 0; i < len; i++) units += units_of_byte(text[i]);
  return units;
}

size_t utf8_offset_of_utf16(const uint8_t *text, size_t len, size_t pos_utf16) {
  size_t units = 0;
  for (size_t i = 0; i < len; i++) {
    size_t more = units_of_byte(text[i]);
    if (more > 0 && units + more > pos_utf16) return i;
    units += more;
  }
  return len;
}

int utf8_append_lf(struct buf *out, const uint8_t *text, size_t len) {
  int err = buf_reserve(out, len);
  if (err || len == 0) return err;
  uint8_t *to = out->data + out->len;
  size_t at = 0;
  while (at < len) {
    const uint8_t *cr = memchr(text + at, '\r', len - at);
    size_t plain = cr ? (size_t)(cr - (text + at)) : len - at;
    memcpy(to, text + at, plain);
    to += plain;
    at += plain;
    if (!cr) break;
    *to++ = '\n';
    at++;
    if (at < len && text[at] == '\n') at++;
  }
  out->len = (size_t)(to - out->data);
  return 0;
}
