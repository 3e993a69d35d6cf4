/* SPDX-License-Identifier: MIT */
/* Structs of an update that cannot be integrated in the order in which they stand: they depend on others behind them,
 * or on what has not arrived. */
#ifndef YATA_LATER_H
#define YATA_LATER_H

#include "source.h"

/* Where a struct begins. Each section ends with one that marks its end. */
struct yata_ref {
  uint32_t off, clock;
};

/* What comes later of a client. */
struct yata_section {
  uint64_t client;
  uint32_t first, n; /* into refs, without the end mark */
  uint32_t next;     /* used while integrating */
  bool dropped;      /* what is left of it cannot be integrated */
};

struct yata_later {
  const uint8_t *data; /* version 1: the update's bytes … */
  yata_buf own;        /* … or, when that is version 2, these */
  bool v2;
  struct yata_section *sections; /* sorted by client, lowest first, once yata_later_order was called */
  uint32_t n_sections, cap_sections;
  struct yata_ref *refs;
  uint32_t n_refs, cap_refs;
};

void yata_later_init(struct yata_later *l, const struct yata_source *s, const yata_allocator *alloc);
void yata_later_deinit(struct yata_mem *mem, struct yata_later *l);

/** Begin a section. The one before must have ended. */
YATA_CHECKED int yata_later_begin(struct yata_mem *mem, struct yata_later *l, uint64_t client);
/** Add a struct; `off`: where it stands in version 1. */
YATA_CHECKED int yata_later_add(struct yata_mem *mem, struct yata_later *l, const struct yata_struct *st, uint32_t off);
/** End the section: `off` and `clock` are those behind its last struct. */
YATA_CHECKED int yata_later_end(struct yata_mem *mem, struct yata_later *l, uint32_t off, uint32_t clock);
/** Sort the sections. Of one client the last one counts, as in Yjs. */
void yata_later_order(struct yata_later *l);
/** Read the i-th struct of a section. */
void yata_later_read(const struct yata_later *l, const struct yata_section *s, uint32_t i, struct yata_struct *st);

#endif
