/* SPDX-License-Identifier: MIT */
#ifdef __linux__
#define _GNU_SOURCE /* mremap, madvise */
#endif

#include "pages.h"

#ifdef __linux__
#include <sys/mman.h>

#define PAGE ((size_t)2 << 20)

static size_t whole(size_t size) {
  return (size + PAGE - 1) & ~(PAGE - 1);
}

static void *map(size_t size) {
  if (size > SIZE_MAX - PAGE) return NULL;
  char *p = mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return NULL;
  size_t before = (size_t) - (uintptr_t)p & (PAGE - 1);
  if (before > 0) munmap(p, before);
  munmap(p + before + size, PAGE - before);
  madvise(p + before, size, MADV_HUGEPAGE); /* advice: without it all works, slower */
  return p + before;
}

/* Large pages move as such only from and to where one may begin. */
static void *move(void *ptr, size_t old_size, size_t new_size) {
  void *to = map(new_size);
  if (to == NULL) return NULL;
  void *p = mremap(ptr, old_size, new_size, MREMAP_MAYMOVE | MREMAP_FIXED, to);
  if (p != MAP_FAILED) return p;
  munmap(to, new_size);
  return NULL;
}

void *yata_pages_resize(void *ptr, size_t old_size, size_t new_size) {
  if (new_size > SIZE_MAX - PAGE) return NULL;
  size_t old = whole(old_size), want = whole(new_size);
  if (want == old) return ptr;
  if (old == 0) return map(want);
  if (want == 0) {
    munmap(ptr, old);
    return NULL;
  }
  void *p = mremap(ptr, old, want, 0);
  return p != MAP_FAILED ? p : move(ptr, old, want);
}

#else

void *yata_pages_resize(void *ptr, size_t old_size, size_t new_size) {
  (void)ptr;
  (void)old_size;
  (void)new_size;
  return NULL;
}

#endif
