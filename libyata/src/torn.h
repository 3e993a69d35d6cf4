/* SPDX-License-Identifier: MIT */
/* Surrogate pairs that the open transaction tore: what their halves were. */
#ifndef YATA_TORN_H
#define YATA_TORN_H

#include "model.h"

struct yata_torn_pair {
  uint32_t client, pos; /* of the first half, in the client's text */
  uint16_t high, low;
};

/* Sorted. */
struct yata_torn {
  struct yata_torn_pair *v;
  uint32_t n, cap;
};

/** Is there any? */
bool yata_torn_any(const struct yata_doc *doc);
/** Find them; *out was zeroed, and is for yata_torn_deinit on an error, too. */
YATA_CHECKED int yata_torn_find(struct yata_doc *doc, struct yata_torn *out);
/** The first unit from .. to of an item of text that is a half, and its pair; `to`: there is none. */
uint32_t yata_torn_next(const struct yata_torn *torn, const struct yata_item *it, uint32_t from, uint32_t to,
                        const struct yata_torn_pair **pair);
void yata_torn_deinit(struct yata_doc *doc, struct yata_torn *torn);

#endif
