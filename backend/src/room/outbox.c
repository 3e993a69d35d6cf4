/* SPDX-License-Identifier: MIT */
#include "room/outbox.h"

#include <assert.h>
#include <stdlib.h>

static struct outbox_range *range_at(const struct outbox *box, size_t i) {
  return &box->ranges[(box->head + i) & (box->cap - 1)];
}

void outbox_deinit(struct outbox *box) {
  for (size_t i = 0; i < box->count; i++) blob_unref(range_at(box, i)->blob);
  free(box->ranges);
  *box = (struct outbox){0};
}

static int grow(struct outbox *box) {
  size_t cap = box->cap ? box->cap * 2 : 4;
  struct outbox_range *ranges = malloc(cap * sizeof *ranges);
  if (!ranges) return ERR_NOMEM;
  for (size_t i = 0; i < box->count; i++) ranges[i] = *range_at(box, i);
  free(box->ranges);
  box->ranges = ranges;
  box->head = 0;
  box->cap = cap;
  return 0;
}

int outbox_push(struct outbox *box, struct blob *blob, size_t from, size_t to) {
  if (from == to) return 0;
  assert(from < to && to <= blob->len);
  if (box->count > 0) {
    struct outbox_range *last = range_at(box, box->count - 1);
    if (last->blob == blob && last->to == from) {
      last->to = to;
      box->bytes += to - from;
      return 0;
    }
  }
  int err = box->count == box->cap ? grow(box) : 0;
  if (err) return err;
  *range_at(box, box->count) = (struct outbox_range){.blob = blob_ref(blob), .from = from, .to = to};
  box->count++;
  box->bytes += to - from;
  return 0;
}

int outbox_peek(const struct outbox *box, struct iovec *iov, int max) {
  int n = 0;
  for (; n < max && (size_t)n < box->count; n++) {
    struct outbox_range *range = range_at(box, (size_t)n);
    iov[n] = (struct iovec){.iov_base = range->blob->data + range->from, .iov_len = range->to - range->from};
  }
  return n;
}

void outbox_consume(struct outbox *box, size_t len) {
  assert(len <= box->bytes);
  box->bytes -= len;
  while (len > 0) {
    struct outbox_range *first = range_at(box, 0);
    size_t here = first->to - first->from;
    if (len < here) {
      first->from += len;
      return;
    }
    len -= here;
    blob_unref(first->blob);
    box->head = (box->head + 1) & (box->cap - 1);
    box->count--;
  }
  if (box->count == 0) outbox_deinit(box); /* idle connections hold no memory */
}
