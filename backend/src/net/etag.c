/* SPDX-License-Identifier: MIT */
#include "net/etag.h"

#include <string.h>

bool etag_listed(const char *list, const char *etag) {
  size_t want = strlen(etag);
  while (list && *list) {
    list += strspn(list, ", \t");
    if (*list == '*') return true;
    if (strncmp(list, "W/", 2) == 0) list += 2;
    size_t len = strcspn(list, ", \t");
    if (len == want && memcmp(list, etag, want) == 0) return true;
    list += len;
  }
  return false;
}

bool etag_single(const char *header, char *out, size_t size) {
  header += strspn(header, " \t");
  size_t len = strlen(header);
  while (len && (header[len - 1] == ' ' || header[len - 1] == '\t')) len--;
  if (len == 1 && *header == '*') {
    memcpy(out, "*", 2);
    return true;
  }
  if (len < 2 || header[0] != '"' || header[len - 1] != '"' || len - 2 >= size) return false;
  if (memchr(header + 1, '"', len - 2)) return false;
  memcpy(out, header + 1, len - 2);
  out[len - 2] = '\0';
  return true;
}
