/* SPDX-License-Identifier: MIT */
/* An allocator that fails when it is told to, and counts what is not freed. */
#ifndef YATA_FAILING_H
#define YATA_FAILING_H

#include <stdlib.h>
#include <string.h>

struct failing {
  long countdown; /* fails when it reaches 0; negative: never */
  long live;
};

static inline void *failing_resize(void *user, void *ptr, size_t old_size, size_t new_size) {
  struct failing *f = user;
  (void)old_size;
  if (new_size == 0) {
    f->live -= ptr != NULL;
    free(ptr);
    return NULL;
  }
  if (f->countdown > 0 && --f->countdown == 0) return NULL;
  /* Always moves, so that stale pointers are found out. */
  void *p = malloc(new_size);
  if (p == NULL) return NULL;
  if (ptr != NULL) memcpy(p, ptr, old_size < new_size ? old_size : new_size);
  f->live += ptr == NULL;
  free(ptr);
  return p;
}

#endif
