/* SPDX-License-Identifier: MIT */
#include "room/paths.h"

#include <ctype.h>
#include <search.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Length in bytes of an invisible control or direction character at @s, or 0. */
static size_t control_len(const unsigned char *s, size_t len) {
  if (s[0] < 0x20 || s[0] == 0x7f) return 1;
  if (len >= 2 && s[0] == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f) return 2; /* U+0080..9F */
  if (len >= 3 && s[0] == 0xe2) {
    if (s[1] == 0x80 && s[2] >= 0xa8 && s[2] <= 0xae) return 3; /* U+2028..202E */
    if (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9) return 3; /* U+2066..2069 */
  }
  return 0;
}

static bool has_drive(const char *path, size_t len) {
  return len >= 2 && isalpha((unsigned char)path[0]) && path[1] == ':';
}

const char *paths_problem(const char *path, size_t max_bytes) {
  size_t len = strlen(path);
  if (len == 0 || strspn(path, " \t") == len) return "the path is empty: give the file a name";
  if (len > max_bytes) return "the path is too long";
  if (path[0] == ' ' || path[len - 1] == ' ') return "the path must not begin or end with a space";
  if (path[0] == '/' || has_drive(path, len))
    return "the path must be relative: leave out the leading '/' or drive letter";
  if (strchr(path, '\\')) return "use '/' between folders, not '\\'";
  for (size_t i = 0; i < len; i++)
    if (control_len((const unsigned char *)path + i, len - i)) return "the path contains a control character";
  if (path[len - 1] == '/') return "the path ends with '/': add a file name";
  for (const char *part = path;;) {
    size_t n = strcspn(part, "/");
    if (n == 0) return "the path has an empty folder name ('//')";
    if ((n == 1 && part[0] == '.') || (n == 2 && part[0] == '.' && part[1] == '.'))
      return "the path must not contain '.' or '..' as a folder";
    if (part[n] == '\0') return NULL;
    part += n + 1;
  }
}

/* Copy one component without controls and outer spaces; returns its length in @out. */
static size_t copy_part(const char *part, size_t len, char *out) {
  size_t n = 0;
  for (size_t i = 0; i < len;) {
    size_t skip = control_len((const unsigned char *)part + i, len - i);
    if (skip) {
      i += skip;
      continue;
    }
    if (n > 0 || part[i] != ' ') out[n++] = part[i];
    i++;
  }
  while (n > 0 && out[n - 1] == ' ') n--;
  if ((n == 1 && out[0] == '.') || (n == 2 && out[0] == '.' && out[1] == '.')) n = 0;
  return n;
}

/* Keep the file name alone when the whole is too long, cut at a character. */
static void shorten(char *safe, size_t max_bytes) {
  if (strlen(safe) <= max_bytes) return;
  const char *slash = strrchr(safe, '/');
  if (slash) memmove(safe, slash + 1, strlen(slash + 1) + 1);
  if (strlen(safe) <= max_bytes) return;
  size_t n = max_bytes;
  while (n > 0 && ((unsigned char)safe[n] & 0xc0) == 0x80) n--;
  while (n > 0 && safe[n - 1] == ' ') n--;
  safe[n] = '\0';
}

int paths_make_safe(const char *path, size_t len, size_t max_bytes, char **out) {
  static const char untitled[] = "untitled";
  if (len > 4096) len = 4096;
  char *safe = malloc(len + sizeof untitled);
  if (!safe) return ERR_NOMEM;
  size_t n = 0;
  if (has_drive(path, len)) {
    path += 2;
    len -= 2;
  }
  for (size_t i = 0; i <= len;) {
    size_t end = i;
    while (end < len && path[end] != '/' && path[end] != '\\') end++;
    size_t start = n > 0 ? n + 1 : n;
    size_t part = copy_part(path + i, end - i, safe + start);
    if (part > 0) {
      if (n > 0) safe[n] = '/';
      n = start + part;
    }
    i = end + 1;
  }
  safe[n] = '\0';
  shorten(safe, max_bytes);
  if (safe[0] == '\0') memcpy(safe, untitled, sizeof untitled);
  *out = safe;
  return 0;
}

static int compare_text(const void *a, const void *b) {
  return strcmp(a, b);
}

static void free_nothing(void *node) {
  (void)node;
}

/* A set of strings that it owns or borrows, as libc's binary tree. */
static int set_add(void **set, const char *text) {
  return tsearch(text, set, compare_text) ? 0 : ERR_NOMEM;
}
static bool set_has(void *const *set, const char *text) {
  return tfind(text, set, compare_text) != NULL;
}

/* A path that entries ask for, before any got a suffix. */
struct wish {
  char *path;
  unsigned next; /* every smaller suffix stands for good: those who ask for one path never try it twice */
};

static int compare_wishes(const void *a, const void *b) {
  return strcmp(((const struct wish *)a)->path, ((const struct wish *)b)->path);
}

static struct wish *find_wish(void *const *wanted, char *path) {
  const struct wish key = {.path = path};
  void *node = tfind(&key, wanted, compare_wishes);
  return node ? *(struct wish **)node : NULL;
}

static int add_folders(void **folders, const char *path) {
  for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
    char *folder = strndup(path, (size_t)(slash - path));
    if (!folder) return ERR_NOMEM;
    if (set_has(folders, folder)) {
      free(folder);
    } else if (set_add(folders, folder)) {
      free(folder);
      return ERR_NOMEM;
    }
  }
  return 0;
}

static char *with_suffix(const char *path, unsigned n) {
  const char *slash = strrchr(path, '/');
  const char *name = slash ? slash + 1 : path;
  const char *dot = strrchr(name, '.');
  size_t at = dot && dot > name ? (size_t)(dot - path) : strlen(path);
  char *out = NULL;
  return asprintf(&out, "%.*s (%u)%s", (int)at, path, n, path + at) < 0 ? NULL : out;
}

static int make_one_unique(struct paths_entry *entry, void *const *taken, void *const *folders, void *const *wanted) {
  if (!set_has(taken, entry->shown) && !set_has(folders, entry->shown)) return 0;
  struct wish *wish = find_wish(wanted, entry->shown);
  for (;;) {
    char *next = with_suffix(entry->shown, wish->next++);
    if (!next) return ERR_NOMEM;
    if (!set_has(taken, next) && !set_has(folders, next) && !find_wish(wanted, next)) {
      free(entry->shown);
      entry->shown = next;
      return 0;
    }
    free(next);
  }
}

int paths_make_unique(struct paths_entry *entries, size_t count) {
  void *folders = NULL, *wanted = NULL, *taken = NULL;
  struct wish *wishes = calloc(count ? count : 1, sizeof *wishes);
  int err = wishes ? 0 : ERR_NOMEM;
  for (size_t i = 0; i < count && !err; i++) {
    wishes[i] = (struct wish){.path = strdup(entries[i].shown), .next = 2};
    err = wishes[i].path ? add_folders(&folders, entries[i].shown) : ERR_NOMEM;
    if (!err && !tsearch(&wishes[i], &wanted, compare_wishes)) err = ERR_NOMEM;
  }
  for (size_t i = 0; i < count && !err; i++) {
    err = make_one_unique(&entries[i], &taken, &folders, &wanted);
    if (!err) err = set_add(&taken, entries[i].shown);
  }
  tdestroy(taken, free_nothing);
  tdestroy(wanted, free_nothing);
  tdestroy(folders, free);
  for (size_t i = 0; wishes && i < count; i++) free(wishes[i].path);
  free(wishes);
  return err;
}
