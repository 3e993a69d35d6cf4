/* SPDX-License-Identifier: MIT */
#include "base/textlines.h"

#include <stdlib.h>
#include <string.h>

enum { BYTES_A_STEP = 16 }; /* hashed in about the time of one step of a diff */

struct line {
  const uint8_t *text;
  size_t len;
  uint64_t hash;
};

/* Line index + 1 of the first line with this text; 0: free. */
struct table {
  uint32_t *slots;
  size_t mask;
};

void textlines_deinit(struct textlines *lines) {
  free(lines->starts);
  free(lines->ids);
  *lines = (struct textlines){0};
}

static size_t count_lines(const uint8_t *text, size_t len) {
  size_t count = 0;
  for (const uint8_t *at = text, *end = text + len; at < end; count++) {
    const uint8_t *lf = memchr(at, '\n', (size_t)(end - at));
    at = lf ? lf + 1 : end;
  }
  return count;
}

static uint64_t hash_of(const uint8_t *text, size_t len) {
  uint64_t hash = len;
  for (size_t i = 0; i < len; i++) hash = (hash ^ text[i]) * UINT64_C(0x9e3779b97f4a7c15);
  return hash ^ hash >> 32;
}

static void fill_lines(const uint8_t *text, size_t len, size_t *starts, struct line *lines) {
  size_t at = 0, i = 0;
  while (at < len) {
    const uint8_t *lf = memchr(text + at, '\n', len - at);
    size_t next = lf ? (size_t)(lf - text) + 1 : len;
    starts[i] = at;
    lines[i++] = (struct line){.text = text + at, .len = next - at, .hash = hash_of(text + at, next - at)};
    at = next;
  }
  starts[i] = len;
}

/* Many lines with one hash are an attack or a miracle: each probe costs a step. */
static int name_lines(const struct line *lines, size_t count, struct table *table, size_t *work, uint32_t *ids) {
  for (size_t i = 0; i < count; i++) {
    const struct line *line = &lines[i];
    size_t slot = line->hash & table->mask;
    for (;; slot = (slot + 1) & table->mask) {
      if (*work == 0) return ERR_TOO_LARGE;
      --*work;
      if (table->slots[slot] == 0) {
        table->slots[slot] = (uint32_t)i + 1;
        ids[i] = (uint32_t)i;
        break;
      }
      uint32_t first = table->slots[slot] - 1;
      const struct line *seen = &lines[first];
      if (seen->hash == line->hash && seen->len == line->len && memcmp(seen->text, line->text, line->len) == 0) {
        ids[i] = first;
        break;
      }
    }
  }
  return 0;
}

static int charge(size_t *work, size_t steps) {
  if (steps > *work) return ERR_TOO_LARGE;
  *work -= steps;
  return 0;
}

int textlines_split(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len, size_t *work,
                    struct textlines *out) {
  int err = charge(work, a_len / BYTES_A_STEP + b_len / BYTES_A_STEP);
  if (err) return err;
  out->a_count = count_lines(a, a_len);
  out->b_count = count_lines(b, b_len);
  size_t count = out->a_count + out->b_count;
  if (count > *work) return ERR_TOO_LARGE; /* of work, and so of memory */

  struct table table = {.mask = 15};
  while (table.mask < 2 * count) table.mask = table.mask * 2 + 1;
  struct line *lines = calloc(count + 1, sizeof(*lines));
  out->starts = calloc(count + 2, sizeof(*out->starts));
  out->ids = calloc(count + 1, sizeof(*out->ids));
  table.slots = calloc(table.mask + 1, sizeof(*table.slots));
  err = ERR_NOMEM;
  if (lines && out->starts && out->ids && table.slots) {
    fill_lines(a, a_len, out->starts, lines);
    fill_lines(b, b_len, out->starts + out->a_count + 1, lines + out->a_count);
    err = name_lines(lines, count, &table, work, out->ids);
  }
  free(lines);
  free(table.slots);
  return err;
}
