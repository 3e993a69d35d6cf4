/* SPDX-License-Identifier: MIT */
#include "op.h"

#include <stdlib.h>

void op_answer(struct op *op, int err) {
  if (op->answered) return;
  op->answered = true;
  if (op->appended)
    op->appended(op->ctx, err, op->seq);
  else if (op->loaded)
    op->loaded(op->ctx, err, NULL);
  else if (op->done)
    op->done(op->ctx, err);
}

void op_free(struct op *op) {
  blob_unref(op->payload);
  free((void *)(uintptr_t)op->parts.rows);
  free((void *)(uintptr_t)op->parts.snapshots);
  free(op);
}

void op_list_init(struct op_list *list) {
  list->head = NULL;
  list->tail = &list->head;
}

void op_list_push(struct op_list *list, struct op *op) {
  op->next = NULL;
  *list->tail = op;
  list->tail = &op->next;
}

struct op *op_list_pop(struct op_list *list) {
  struct op *op = list->head;
  if (!op) return NULL;
  list->head = op->next;
  if (!list->head) list->tail = &list->head;
  return op;
}

void op_list_remove(struct op_list *list, struct op *op) {
  struct op **at = &list->head;
  while (*at != op) at = &(*at)->next;
  *at = op->next;
  if (list->tail == &op->next) list->tail = at;
}

void op_list_prepend(struct op_list *list, struct op_list *from) {
  if (!from->head) return;
  *from->tail = list->head;
  if (!list->head) list->tail = from->tail;
  list->head = from->head;
  op_list_init(from);
}
