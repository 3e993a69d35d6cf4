/* SPDX-License-Identifier: MIT */
/* The words of a command line, sorted into options and files. */
#ifndef YATA_TOOL_ARGS_H
#define YATA_TOOL_ARGS_H

#include <stdbool.h>
#include <stddef.h>

enum { ARGS_NAME = 1, ARGS_TO = 2, ARGS_VERSION = 4, ARGS_UNLIMITED = 8 };

struct args {
  int version;      /* of the files: --v1, --v2; 0: find out */
  int to;           /* --to v1|v2; 0: not given */
  const char *name; /* --name; NULL: not given */
  bool unlimited;   /* --unlimited */
  char **files;     /* the other words, in the memory of argv */
  size_t count;
};

/**
 * Sort the words behind a command. `argv` is rearranged and borrowed.
 *
 * @allowed  ARGS_ flags of the options that the command knows.
 *
 * Complains on stderr. 0 or -1.
 */
int args_parse(const char *command, unsigned allowed, int argc, char **argv, struct args *out);

#endif
