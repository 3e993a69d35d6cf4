/* SPDX-License-Identifier: MIT */
#include "timeline.h"

#include "dice.h"

struct event {
  uint64_t at_ms, number;
  void (*run)(void *ctx);
  void *ctx;
};

static bool before(const struct event *a, const struct event *b) {
  return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->number < b->number;
}

static void swap(struct event *a, struct event *b) {
  struct event c = *a;
  *a = *b;
  *b = c;
}

void timeline_plan(struct timeline *t, uint64_t delay_ms, void (*run)(void *ctx), void *ctx) {
  if (t->count == t->cap) {
    t->cap = t->cap ? t->cap * 2 : 256;
    t->heap = must_alloc(realloc(t->heap, t->cap * sizeof *t->heap));
  }
  size_t at = t->count++;
  t->heap[at] = (struct event){t->now_ms + delay_ms, t->planned++, run, ctx};
  for (; at > 0 && before(&t->heap[at], &t->heap[(at - 1) / 2]); at = (at - 1) / 2)
    swap(&t->heap[at], &t->heap[(at - 1) / 2]);
}

static struct event take_first(struct timeline *t) {
  struct event first = t->heap[0];
  t->heap[0] = t->heap[--t->count];
  for (size_t at = 0, child; (child = 2 * at + 1) < t->count; at = child) {
    if (child + 1 < t->count && before(&t->heap[child + 1], &t->heap[child])) child++;
    if (!before(&t->heap[child], &t->heap[at])) break;
    swap(&t->heap[at], &t->heap[child]);
  }
  return first;
}

bool timeline_step(struct timeline *t, uint64_t end_ms) {
  if (t->count == 0 || t->heap[0].at_ms > end_ms) {
    t->now_ms = end_ms;
    return false;
  }
  struct event event = take_first(t);
  t->now_ms = event.at_ms;
  event.run(event.ctx);
  return true;
}

void timeline_deinit(struct timeline *t) {
  free(t->heap);
  *t = (struct timeline){0};
}
