/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ASSIST_PICK_H
#define YOKE_ASSIST_PICK_H

/* The best of many candidates, in bounded memory: a heap with the worst on top. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "port/assist.h"

struct pick {
  uint32_t score;     /* more is better */
  uint32_t nearest;   /* then less is better; bytes */
  const char *label;  /* no NUL at the end; borrowed */
  const char *tail;   /* follows the label's bytes; static */
  const char *body;   /* static snippet, or NULL to insert the label */
  const char *detail; /* static; "" if the uses say it all */
  uint32_t uses;      /* 0: the detail says it all */
  uint16_t label_len;
  uint8_t kind;  /* enum assist_kind */
  bool declares; /* the body follows the label as the name of something new */
};

struct picks {
  struct pick items[ASSIST_SUGGESTIONS_MAX];
  size_t count;
};

/** Whether a pick of that score may be among the best so far. */
static inline bool picks_want(const struct picks *picks, uint32_t score) {
  return picks->count < ASSIST_SUGGESTIONS_MAX || score >= picks->items[0].score;
}

/** Keep @pick if it is among the best so far. */
void picks_add(struct picks *picks, const struct pick *pick);

/** Sort the best to the front; nothing is added after that. */
void picks_sort(struct picks *picks);

/** Copy the picks into a new list. Returns 0 or ERR_NOMEM, which leaves @out alone. */
MUST_USE int picks_give_list(const struct picks *picks, struct assist_list *out);

#endif
