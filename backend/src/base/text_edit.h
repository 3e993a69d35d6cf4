/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_TEXT_EDIT_H
#define YOKE_BASE_TEXT_EDIT_H

#include <stddef.h>

#include "base/err.h"

/** One step of an edit: at @at, take out @del and put in a piece of the new text. */
struct text_edit {
  size_t at;     /* byte offset in the text that the list is for */
  size_t del;    /* bytes */
  size_t ins_at; /* where the inserted bytes stand in `ours` */
  size_t ins;    /* bytes */
};

/** Ascending by at; offsets are those before any edit is applied. Zero-initialise. */
struct text_edits {
  struct text_edit *items;
  size_t count, cap;
};

void text_edits_deinit(struct text_edits *edits);                              /* leaves it empty and usable */
MUST_USE int text_edits_push(struct text_edits *edits, struct text_edit edit); /* ERR_NOMEM */

/** Bytes that @edits delete and insert together: the size of the edit. */
size_t text_edits_size(const struct text_edits *edits);

#endif
