/* SPDX-License-Identifier: MIT */
#include "net/router.h"

#include <stdio.h>
#include <string.h>

#define ROOM_ID "{room_id}"
#define SEQ "{seq}"
#define REST "{path}"

/* Compare segment by segment; fills what the braces stand for. */
static bool matches(const char *pattern, const char *path, struct router_match *out) {
  while (*pattern) {
    if (strcmp(pattern, REST) == 0) {
      out->rest = path;
      out->rest_len = strlen(path);
      return *path != '\0';
    }
    if (strncmp(pattern, ROOM_ID, sizeof(ROOM_ID) - 1) == 0) {
      out->room_id = path;
      out->room_id_len = strcspn(path, "/");
      if (out->room_id_len == 0) return false;
      path += out->room_id_len;
      pattern += sizeof(ROOM_ID) - 1;
    } else if (strncmp(pattern, SEQ, sizeof(SEQ) - 1) == 0) {
      out->rest = path;
      out->rest_len = strcspn(path, "/");
      if (out->rest_len == 0) return false;
      path += out->rest_len;
      pattern += sizeof(SEQ) - 1;
    } else if (*pattern++ != *path++) {
      return false;
    }
  }
  return *path == '\0';
}

void router_find(const struct route *routes, size_t count, enum method method, const char *path,
                 struct router_match *out) {
  *out = (struct router_match){0};
  for (size_t i = 0; i < count; i++) {
    struct router_match found = {0};
    if (!matches(routes[i].pattern, path, &found)) continue;
    unsigned methods = routes[i].methods | (routes[i].methods & METHOD_GET ? METHOD_HEAD : 0u);
    unsigned allowed = out->allowed | methods | METHOD_OPTIONS;
    if (!out->route && methods & method) {
      *out = found;
      out->route = &routes[i];
    }
    out->allowed = allowed;
  }
}

void router_allow(unsigned methods, char out[static ROUTER_ALLOW_MAX]) {
  static const struct {
    unsigned method;
    const char *name;
  } names[] = {{METHOD_GET, "GET"},     {METHOD_HEAD, "HEAD"},     {METHOD_POST, "POST"},      {METHOD_PUT, "PUT"},
               {METHOD_PATCH, "PATCH"}, {METHOD_DELETE, "DELETE"}, {METHOD_OPTIONS, "OPTIONS"}};
  size_t len = 0;
  out[0] = '\0';
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
    if (!(methods & names[i].method)) continue;
    len += (size_t)snprintf(out + len, ROUTER_ALLOW_MAX - len, "%s%s", len ? ", " : "", names[i].name);
  }
}
