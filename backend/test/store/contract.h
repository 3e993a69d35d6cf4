/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_STORE_CONTRACT_H
#define YOKE_TEST_STORE_CONTRACT_H

#include "backends.h"

/* What every store promises, in parts. */

struct contract_part {
  const struct CMUnitTest *tests;
  size_t count;
};

extern const struct contract_part contract_rows, contract_compact, contract_history, contract_life, contract_dump;

/* Each test gets an open fixture, and closes it itself if it likes. */
int contract_open(void **state);
int contract_close(void **state);

#define CONTRACT_TEST(name)                                                                                            \
  { #name, name, contract_open, contract_close, NULL }

#endif
