/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BENCH_OPTIONS_H
#define YOKE_BENCH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct options {
  bool yoke; /* rooms over REST, `saved`; otherwise any room name does */
  unsigned rooms, members;
  double seconds, warmup; /* of typing; 0: connect and measure memory alone */
  double rate;            /* edits a second of each member; 0: flat out */
  unsigned window;        /* flat out: edits of one member that not everybody has yet */
  uint64_t edits;         /* at most so many in all */
  char *const *command;
};

/** Parse, and explain on stderr what is wrong or asked for. False: exit with *status. */
bool options_parse(int argc, char **argv, struct options *out, int *status);

#endif
