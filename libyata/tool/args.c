/* SPDX-License-Identifier: MIT */
#include "args.h"

#include <stdio.h>
#include <string.h>

static int version_of(const char *s) {
  return strcmp(s, "v1") == 0 ? 1 : strcmp(s, "v2") == 0 ? 2 : 0;
}

/* The value of an option that is spelled `--name VALUE` or `--name=VALUE`; NULL: it is another one. */
static const char *value_of(const char *option, int argc, char **argv, int *at) {
  size_t n = strlen(option);
  if (strncmp(argv[*at], option, n) != 0) return NULL;
  if (argv[*at][n] == '=') return argv[*at] + n + 1;
  if (argv[*at][n] != 0) return NULL;
  return *at + 1 < argc ? argv[++*at] : "";
}

static int option(const char *command, unsigned allowed, int argc, char **argv, int *at, struct args *out) {
  const char *word = argv[*at], *value;
  int version = strncmp(word, "--", 2) == 0 ? version_of(word + 2) : 0;
  if ((allowed & ARGS_VERSION) && version != 0) {
    out->version = version;
    return 0;
  }
  if ((allowed & ARGS_UNLIMITED) && strcmp(word, "--unlimited") == 0) {
    out->unlimited = true;
    return 0;
  }
  if ((allowed & ARGS_NAME) && (value = value_of("--name", argc, argv, at)) != NULL) {
    out->name = value;
    return 0;
  }
  if ((allowed & ARGS_TO) && (value = value_of("--to", argc, argv, at)) != NULL) {
    out->to = version_of(value);
    if (out->to == 0) fprintf(stderr, "yata %s: --to %s: expected v1 or v2\n", command, value);
    return out->to == 0 ? -1 : 0;
  }
  fprintf(stderr, "yata %s: no such option: %s\n", command, word);
  return -1;
}

int args_parse(const char *command, unsigned allowed, int argc, char **argv, struct args *out) {
  bool options = true;
  *out = (struct args){.files = argv};
  for (int i = 0; i < argc; i++) {
    if (options && strcmp(argv[i], "--") == 0)
      options = false;
    else if (!options || argv[i][0] != '-' || argv[i][1] == 0)
      out->files[out->count++] = argv[i];
    else if (option(command, allowed, argc, argv, &i, out) < 0)
      return -1;
  }
  return 0;
}
