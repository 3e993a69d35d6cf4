/* SPDX-License-Identifier: MIT */
#include "tokens.h"

#include "dice.h"

enum { BASIC = 0x4e00, BEYOND = 0x20000, SORT_OF_BEYOND = 8 };

void tokens_deinit(struct tokens *t) {
  free(t->all);
  *t = (struct tokens){0};
}

uint32_t tokens_make(struct tokens *t, size_t room) {
  if (t->count == t->cap) {
    t->cap = t->cap ? t->cap * 2 : 256;
    t->all = must_alloc(realloc(t->all, t->cap * sizeof *t->all));
  }
  t->all[t->count] = (struct token){.room = room, .sure_in = true};
  return (uint32_t)t->count++;
}

static uint32_t code_point(uint32_t token) {
  return (token % SORT_OF_BEYOND == 0 ? BEYOND : BASIC) + token;
}

size_t token_utf8(uint32_t token, char out[TOKEN_UTF8_MAX]) {
  uint32_t c = code_point(token);
  size_t n = c >= BEYOND ? 4 : 3;
  for (size_t i = n; i-- > 1; c >>= 6) out[i] = (char)(0x80 | (c & 63));
  out[0] = (char)((n == 4 ? 0xf0 : 0xe0) | c);
  return n;
}

static uint32_t token_of(uint32_t c) {
  uint32_t token = c >= BEYOND ? c - BEYOND : c >= BASIC ? c - BASIC : UINT32_MAX;
  return token != UINT32_MAX && code_point(token) == c ? token : UINT32_MAX;
}

void tokens_read(const uint8_t *text, size_t len, struct spots *out) {
  *out = (struct spots){.all = must_alloc(malloc((len + 1) * sizeof *out->all))};
  for (size_t at = 0; at < len;) {
    size_t n = text[at] >= 0xf0 ? 4 : text[at] >= 0xe0 ? 3 : text[at] >= 0xc0 ? 2 : 1;
    uint32_t c = n == 1 ? text[at] : text[at] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n && at + i < len; i++) c = c << 6 | (text[at + i] & 63);
    out->all[out->count++] = (struct spot){token_of(c), out->length_utf16};
    out->length_utf16 += n == 4 ? 2 : 1;
    at += n;
  }
}

static const char *wrong(const struct token *t, size_t times, bool complete) {
  if (times > 1) return "stands there more than once";
  if (times > 0 && t->acked_out) return "is back after its deletion was acknowledged";
  if (times > 0 && complete && t->sure_outs > 0) return "is there, though it was deleted";
  if (times == 0 && t->acked_in && !t->tried_out) return "is gone after it was acknowledged";
  if (times == 0 && complete && t->sure_in && !t->tried_out) return "is not there, though it was typed";
  return NULL;
}

bool tokens_check(const struct tokens *t, size_t room, const struct spots *text, bool complete, char *why,
                  size_t size) {
  size_t *times = must_alloc(calloc(t->count + 1, sizeof *times));
  bool right = true;
  for (size_t i = 0; i < text->count && right; i++) {
    uint32_t token = text->all[i].token;
    right = token < t->count && t->all[token].room == room;
    if (right)
      times[token]++;
    else
      snprintf(why, size, "a character that nobody typed here stands at %u", text->all[i].at_utf16);
  }
  for (size_t i = 0; i < t->count && right; i++) {
    const char *what = t->all[i].room == room ? wrong(&t->all[i], times[i], complete) : NULL;
    if (!what) continue;
    right = false;
    snprintf(why, size, "character %zu %s", i, what);
  }
  free(times);
  return right;
}
