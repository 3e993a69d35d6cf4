/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_SIM_LEDGER_H
#define YOKE_TEST_SIM_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yata.h>

#include "base/buf.h"

/* The updates that were acknowledged. What holds them all learns nothing new from them, deletions included. */
struct ledger_entry {
  size_t room;
  uint64_t at_ms;
  struct blob *update;
};

struct ledger {
  struct ledger_entry *all; /* by time */
  size_t count, cap;
};

void ledger_deinit(struct ledger *l);
void ledger_add(struct ledger *l, size_t room, uint64_t at_ms, struct blob *update);
/** Does the document hold everything acknowledged in the room before @before_ms? It is changed where it does not. */
bool ledger_check(const struct ledger *l, size_t room, uint64_t before_ms, yata_doc *doc, char *why, size_t size);

#endif
