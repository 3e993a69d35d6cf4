/* SPDX-License-Identifier: MIT */
/* The structs and deletions of an update, one after the other, verified as they are read; in either version. */
#ifndef YATA_SOURCE_H
#define YATA_SOURCE_H

#include "v2.h"

struct yata_source {
  bool v2;
  bool plain; /* version 2: embeds and formats as version 1 has them, not as they are held */
  uint32_t nesting;
  struct yata_rd rd;     /* version 1 */
  struct yata_v2_in in;  /* version 2 */
  yata_buf shaped, json; /* of a struct what stands in version 2 in another way */
  struct yata_struct st; /* version 1: what was read last */
  struct yata_v2_struct vs;
  uint64_t clock; /* version 2: where the client's last range ended */
};

/**
 * Begin to read an update. `data` stays borrowed until yata_source_close, which is to be called whatever comes.
 *
 * @structs  version 2: how many structs it may state in all, beyond those that its length stands for.
 *
 * Returns 0, YATA_ERR_MALFORMED, YATA_ERR_LIMIT. So does all that reads; then yata_source_offset says where.
 */
YATA_CHECKED int yata_source_open(struct yata_source *s, bool v2, yata_slice data, uint32_t nesting, uint64_t structs,
                                  struct yata_mem *mem, const yata_allocator *alloc);
void yata_source_close(struct yata_source *s, struct yata_mem *mem);
size_t yata_source_offset(const struct yata_source *s);

/** The number of sections, then of clients in the delete set. */
YATA_CHECKED int yata_source_count(struct yata_source *s, bool deletions, uint64_t *out);
/** The head of a section: its first struct, and their number. */
YATA_CHECKED int yata_source_section(struct yata_source *s, uint64_t *structs, struct yata_wid *first);

/** What of the struct that was read last stands in version 2 in another way. The parent's name and the key stand behind
 * the content. */
YATA_CHECKED int yata_source_shape(struct yata_source *s);

static inline YATA_CHECKED int yata_source_struct_v2(struct yata_source *s, const struct yata_struct **out) {
  struct yata_struct *st = &s->vs.st;
  *out = st;
  st->id.clock += st->len;
  st->len = 0;
  YATA_TRY(yata_v2_struct(&s->in, &s->vs));
  return s->vs.shaped && st->parent == YATA_PARENT_COPY ? 0 : yata_source_shape(s);
}

/** The next struct of the section as it stands in version 1, until the next is read. YATA_ERR_NOMEM, too. */
static inline YATA_CHECKED int yata_source_struct(struct yata_source *s, const struct yata_struct **out) {
  if (s->v2) return yata_source_struct_v2(s, out);
  s->st.id.clock += s->st.len;
  s->st.len = 0;
  *out = &s->st;
  return yata_struct_read(&s->rd, s->nesting, &s->st);
}

/** Where that struct stands, or the one that comes next, in the bytes of version 1. */
static inline uint32_t yata_source_at(const struct yata_source *s) {
  return (uint32_t)(s->rd.p - s->rd.base);
}

/** A client of the delete set, and the number of its ranges. */
YATA_CHECKED int yata_source_client(struct yata_source *s, uint64_t *client, uint64_t *ranges);
YATA_CHECKED int yata_source_range(struct yata_source *s, uint64_t *clock, uint64_t *len);
/** Nothing may follow. */
YATA_CHECKED int yata_source_end(struct yata_source *s);

#endif
