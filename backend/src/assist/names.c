/* SPDX-License-Identifier: MIT */
#include "assist/names.h"

#include <stdlib.h>
#include <string.h>

#define PROBES_MAX 64 /* a run this long does not come about by chance in a half-empty table */
#define SLOTS_MIN 1024

static uint32_t hash_of(const char *text, size_t len) {
  uint64_t hash = 0xCBF29CE484222325u;
  for (size_t i = 0; i < len; i++) hash = (hash ^ (unsigned char)text[i]) * 0x100000001B3u;
  return (uint32_t)(hash ^ hash >> 32) * 0x9E3779B1u;
}

int names_init(struct names *names, size_t expected) {
  *names = (struct names){.slot_count = SLOTS_MIN, .capacity = SLOTS_MIN / 2};
  while (names->capacity < expected && names->capacity < ASSIST_NAMES_MAX) {
    names->slot_count *= 2;
    names->capacity *= 2;
  }
  names->slots = calloc(names->slot_count, sizeof *names->slots);
  names->items = malloc(names->capacity * sizeof *names->items);
  if (names->slots == NULL || names->items == NULL) {
    names_deinit(names);
    return ERR_NOMEM;
  }
  return 0;
}

void names_deinit(struct names *names) {
  free(names->slots);
  free(names->items);
  *names = (struct names){0};
}

/* The slot of @text or the free one where it belongs; NULL if neither is near. */
static uint32_t *find_slot(const struct names *names, const char *text, size_t len, uint32_t hash) {
  for (size_t probe = 0; probe < PROBES_MAX; probe++) {
    uint32_t *slot = &names->slots[(hash + probe) & (names->slot_count - 1)];
    if (*slot == 0) return slot;
    const struct name *name = &names->items[*slot - 1];
    if (name->hash == hash && name->len == len && memcmp(name->text, text, len) == 0) return slot;
  }
  return NULL;
}

/* Make room for twice the names. What finds no slot is in items still, but not found again. */
static int grow(struct names *names) {
  struct name *items = realloc(names->items, 2 * names->capacity * sizeof *items);
  if (items == NULL) return ERR_NOMEM;
  names->items = items;
  uint32_t *slots = calloc(2 * names->slot_count, sizeof *slots);
  if (slots == NULL) return ERR_NOMEM;
  free(names->slots);
  names->slots = slots;
  names->slot_count *= 2;
  names->capacity *= 2;
  for (size_t i = 0; i < names->count; i++) {
    uint32_t *slot = find_slot(names, items[i].text, items[i].len, items[i].hash);
    if (slot != NULL) *slot = (uint32_t)i + 1;
  }
  return 0;
}

int names_intern(struct names *names, const char *text, size_t len, struct name **out) {
  *out = NULL;
  if (len == 0 || len > ASSIST_NAME_MAX_BYTES) return 0;
  uint32_t hash = hash_of(text, len);
  uint32_t *slot = find_slot(names, text, len, hash);
  if (slot != NULL && *slot != 0) {
    *out = &names->items[*slot - 1];
    return 0;
  }
  if (slot == NULL || names->count >= ASSIST_NAMES_MAX) return 0;
  if (names->count == names->capacity) {
    int err = grow(names);
    if (err != 0) return err;
    slot = find_slot(names, text, len, hash);
    if (slot == NULL) return 0;
  }
  names->items[names->count] = (struct name){.text = text, .len = (uint32_t)len, .hash = hash, .nearest = UINT32_MAX};
  *out = &names->items[names->count++];
  *slot = (uint32_t)names->count;
  return 0;
}
