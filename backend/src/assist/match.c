/* SPDX-License-Identifier: MIT */
#include "assist/match.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

static char lower(char c) {
  return is_upper(c) ? (char)(c + ('a' - 'A')) : c;
}

/* Lower-case ASCII, and every letter beyond ASCII. */
static bool is_small(char c) {
  return (c >= 'a' && c <= 'z') || (c & 0x80) != 0;
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool is_hump(const char *name, size_t len, size_t i) {
  char c = name[i];
  if (!is_upper(c) && !is_small(c) && !is_digit(c)) return false;
  if (i == 0) return true;
  char before = name[i - 1];
  if (is_digit(c)) return !is_digit(before);
  if (!is_upper(before) && !is_small(before)) return !is_digit(before) || is_upper(c);
  return is_upper(c) && (is_small(before) || (i + 1 < len && is_small(name[i + 1])));
}

static bool starts_with(const char *query, size_t query_len, const char *name, bool nocase) {
  if (!nocase) return memcmp(query, name, query_len) == 0;
  for (size_t i = 0; i < query_len; i++) {
    if (lower(query[i]) != lower(name[i])) return false;
  }
  return true;
}

/* Bit i is set where name[i] is @c. */
static uint64_t places_of(char c, const char *name, size_t len, bool nocase) {
  uint64_t places = 0;
  for (size_t i = 0; i < len; i++) {
    bool same = nocase ? lower(name[i]) == lower(c) : name[i] == c;
    places |= (uint64_t)same << i;
  }
  return places;
}

/*
 * Each typed character goes on in the hump where the last one was found or begins
 * a later one. `reached` holds every place where the last one may have been.
 */
static bool runs_over(const char *query, size_t query_len, const char *name, size_t len, uint64_t humps, uint64_t first,
                      bool nocase) {
  uint64_t reached = first & places_of(query[0], name, len, nocase);
  for (size_t i = 1; i < query_len && reached != 0; i++) {
    uint64_t lowest = reached & (~reached + 1);
    uint64_t later = ~(lowest | (lowest - 1));
    reached = places_of(query[i], name, len, nocase) & (reached << 1 | (humps & later));
  }
  return reached != 0;
}

static enum match match_humps(const char *query, size_t query_len, const char *name, size_t len) {
  if (len > MATCH_HUMP_MAX_BYTES) len = MATCH_HUMP_MAX_BYTES;
  if (query_len > len) return MATCH_NONE;
  uint64_t humps = 0;
  for (size_t i = 0; i < len; i++) humps |= (uint64_t)is_hump(name, len, i) << i;
  if (!runs_over(query, query_len, name, len, humps, humps, true)) return MATCH_NONE;
  uint64_t first = humps & (~humps + 1);
  if (runs_over(query, query_len, name, len, humps, first, false)) return MATCH_HUMP;
  if (runs_over(query, query_len, name, len, humps, first, true)) return MATCH_HUMP_NOCASE;
  return query_len > 1 ? MATCH_INNER : MATCH_NONE;
}

enum match match_name(const char *query, size_t query_len, const char *name, size_t name_len) {
  if (query_len == 0) return MATCH_PREFIX;
  if (query_len > name_len) return MATCH_NONE;
  if (starts_with(query, query_len, name, false)) return query_len == name_len ? MATCH_WHOLE : MATCH_PREFIX;
  if (starts_with(query, query_len, name, true)) return MATCH_PREFIX_NOCASE;
  return match_humps(query, query_len, name, name_len);
}
