/* SPDX-License-Identifier: MIT */
/* Every public function once more, with the 1st, 2nd, … nth allocation failing: test_every.c runs what stands in the
 * other files named every_. A function of yata.h that none of them calls fails the test. */
#ifndef YATA_TEST_EVERY_H
#define YATA_TEST_EVERY_H

#include "attributes.h"
#include "failing.h"

/* All memory but that of the first four comes from an allocator that fails. */
struct world {
  yata_buf state, state_v2, sv; /* of `doc` at first */
  yata_snapshot snapshot;       /* of an earlier moment of `doc` */
  struct failing failing;
  yata_allocator alloc;
  yata_doc *doc; /* keeps what is deleted; its undo manager has two steps, and one to redo */
  yata_undo_manager *undo;
  yata_type text, map, array, fragment, element;
  yata_buf out; /* empty */
};

/* Something that needs memory: 0, or the first error. What it made itself it has freed; the document is as it was, or
 * a transaction is open. */
struct scenario {
  const char *name;
  int (*run)(struct world *w);
};

/* Each list ends with a name that is NULL. */
extern const struct scenario every_document[], every_update[], every_value[], every_edit[], every_read[], every_event[],
    every_snapshot[], every_awareness[];

/* The next step, if all went well so far. */
#define THEN(call)                                                                                                     \
  do {                                                                                                                 \
    if (err == 0) err = (call);                                                                                        \
  } while (0)

/* Once more without a shortage: it must go well then. */
#define AGAIN(call)                                                                                                    \
  do {                                                                                                                 \
    int again_ = (call);                                                                                               \
    if (again_ == YATA_ERR_NOMEM) again_ = (call);                                                                     \
    assert_int_equal(again_, 0);                                                                                       \
  } while (0)

#endif
