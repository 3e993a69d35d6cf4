/* SPDX-License-Identifier: MIT */
/* Updates as bytes: walking, verifying, taking apart. */
#ifndef YATA_UPDATE_H
#define YATA_UPDATE_H

#include "model.h"

/* One struct of a parsed update: where it begins. Each section ends with one that marks its end. */
struct yata_ref {
  uint32_t off, clock;
};

struct yata_section {
  uint64_t client;
  uint32_t first, n; /* into refs, without the end mark */
  uint32_t next;     /* used while integrating */
  bool dropped;      /* a later section of the same client replaced it, as in Yjs */
};

struct yata_parsed {
  const uint8_t *data;
  struct yata_section *sections; /* sorted by client, lowest first */
  uint32_t n_sections, cap_sections;
  struct yata_ref *refs;
  uint32_t n_refs, cap_refs;
  struct yata_ranges deleted; /* sorted, joined */
};

/**
 * Verify an update and take it apart. `data` stays borrowed by *out.
 *
 * Returns 0, YATA_ERR_MALFORMED or YATA_ERR_LIMIT with *error_offset, YATA_ERR_NOMEM; nothing to
 * deinit then.
 */
YATA_CHECKED int yata_update_parse(struct yata_mem *mem, const uint8_t *data, size_t len, uint32_t nesting,
                                   struct yata_parsed *out, size_t *error_offset);
void yata_parsed_deinit(struct yata_mem *mem, struct yata_parsed *p);
/** Read the i-th reference of a section. */
void yata_parsed_read(const struct yata_parsed *p, const struct yata_section *s, uint32_t i, struct yata_struct *st);

/** Calls while an update is walked; each may be NULL, a negative result ends the walk. */
struct yata_walk {
  int (*on_section)(void *user, uint64_t client, uint64_t structs);
  int (*on_struct)(void *user, const struct yata_struct *st, size_t offset);
  int (*on_section_end)(void *user, size_t offset, uint32_t clock);
  int (*on_deleted)(void *user, uint64_t client, uint64_t clock, uint64_t len);
  void *user;
};
YATA_CHECKED int yata_update_walk(const uint8_t *data, size_t len, uint32_t nesting, const struct yata_walk *walk,
                                  size_t *error_offset);

#endif
