/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_SIM_ENTROPY_H
#define YOKE_TEST_SIM_ENTROPY_H

#include <stdint.h>

/** From here on getrandom() (linked with --wrap=getrandom) gives what this seed does: ids and client ids repeat. */
void entropy_seed(uint64_t seed);

#endif
