/* SPDX-License-Identifier: MIT */
/* A main for a fuzz target: run one file, or every file of a folder and every prefix of the smaller ones. */
#include <dirent.h>
#include <stdio.h>

#include "fuzz.h"

#define INPUT_MAX (1 << 16)
#define PREFIXES_MAX 256

/* Exactly as long as the input: reading past its end is noticed under a sanitizer. */
static void run(const uint8_t *data, size_t size) {
  uint8_t *copy = malloc(size > 0 ? size : 1);
  REQUIRE(copy != NULL);
  memcpy(copy, data, size);
  (void)LLVMFuzzerTestOneInput(copy, size);
  free(copy);
}

static bool replay(const char *folder, const char *name, size_t prefixes_max) {
  static uint8_t data[INPUT_MAX];
  char path[4096];
  snprintf(path, sizeof(path), "%s%s%s", folder, name[0] != 0 ? "/" : "", name);
  FILE *file = fopen(path, "rb");
  if (file == NULL) return false;
  size_t size = fread(data, 1, sizeof(data), file);
  bool ok = ferror(file) == 0;
  fclose(file);
  for (size_t n = size > prefixes_max ? size : 0; ok && n <= size; n++) run(data, n);
  return ok;
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "--file") == 0) return replay(argv[2], "", 0) ? 0 : 1;
  DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
  unsigned files = 0;
  bool ok = dir != NULL;
  struct dirent *entry;
  printf("1..1\n");
  fflush(stdout);
  while (ok && (entry = readdir(dir)) != NULL) {
    if (entry->d_name[0] == '.') continue;
    ok = replay(argv[1], entry->d_name, PREFIXES_MAX);
    files++;
  }
  if (dir != NULL) closedir(dir);
  printf("%s 1 - a corpus of %u inputs\n", ok && files > 0 ? "ok" : "not ok", files);
  return ok && files > 0 ? 0 : 1;
}
