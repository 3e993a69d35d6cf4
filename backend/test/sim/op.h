/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_SIM_OP_H
#define YOKE_TEST_SIM_OP_H

#include "port/store.h"

/* One call of the store's port, from when it was made until it is answered and done. */
enum op_kind { OP_CREATE, OP_APPEND, OP_COMPACT, OP_UPDATE, OP_LOAD, OP_FLUSH };

struct op {
  struct op *next;
  enum op_kind kind;
  char room[STORE_ROOM_ID_MAX + 1];
  struct store_room info;
  struct blob *payload;
  struct store_parts parts; /* of a compaction; the op's own */
  store_done_fn done;
  store_append_fn appended;
  store_load_fn loaded;
  void *ctx;
  uint64_t number;   /* of the call */
  uint64_t after;    /* reads: the write that must have come before, 0: none */
  uint64_t due_ms;   /* not done before */
  uint64_t limit_ms; /* answered ERR_UNAVAILABLE from here on, 0: never */
  bool answered;
  int err;      /* of the write, once it was tried */
  uint64_t seq; /* of the row */
};

struct op_list {
  struct op *head, **tail;
};

/** Call its completion, if that was not done yet. */
void op_answer(struct op *op, int err);
void op_free(struct op *op);

void op_list_init(struct op_list *list);
void op_list_push(struct op_list *list, struct op *op);
struct op *op_list_pop(struct op_list *list);
void op_list_remove(struct op_list *list, struct op *op);
/** Everything of @from goes before everything of @list. */
void op_list_prepend(struct op_list *list, struct op_list *from);

#endif
