/* SPDX-License-Identifier: MIT */
#include "base/text_edit.h"

#include <stdint.h>
#include <stdlib.h>

void text_edits_deinit(struct text_edits *edits) {
  free(edits->items);
  *edits = (struct text_edits){0};
}

int text_edits_push(struct text_edits *edits, struct text_edit edit) {
  if (edits->count == edits->cap) {
    if (edits->cap > SIZE_MAX / sizeof(edit) / 2) return ERR_NOMEM;
    size_t cap = edits->cap ? edits->cap * 2 : 4;
    struct text_edit *items = realloc(edits->items, cap * sizeof(edit));
    if (!items) return ERR_NOMEM;
    edits->items = items;
    edits->cap = cap;
  }
  edits->items[edits->count++] = edit;
  return 0;
}

size_t text_edits_size(const struct text_edits *edits) {
  size_t size = 0;
  for (size_t i = 0; i < edits->count; i++) size += edits->items[i].del + edits->items[i].ins;
  return size;
}
