/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/config_parts.h"

enum { NAME_MAX_CHARS = 64, SHOWN_MAX_CHARS = 80 };

void config_no_memory(struct config_loader *l) {
  l->err = ERR_NOMEM;
}

void config_problem(struct config_loader *l, int err, struct config_where where, const char *found,
                    const char *accepted, ...) {
  char text[1024];
  va_list args;
  va_start(args, accepted);
  vsnprintf(text, sizeof(text), accepted, args);
  va_end(args);
  bool has_path = where.path && where.path[0];
  int wrote = buf_printf(l->problems, "%s: %s%s%s%s%s%s\n", where.source, has_path ? where.path : "",
                         has_path ? ": " : "", found ? "found " : "", found ? found : "", found ? "; " : "", text);
  if (wrote) {
    config_no_memory(l);
  } else if (l->err == 0) {
    l->err = err;
  }
}

void config_quote(const char *text, char *out, size_t size) {
  size_t len = 0, shown = 0;
  out[len++] = '"';
  while (*text && shown < SHOWN_MAX_CHARS && len + 8 < size) {
    unsigned char byte = (unsigned char)*text++;
    shown++;
    if (byte < 0x20 || byte == 0x7f || byte == '"' || byte == '\\') {
      len += (size_t)snprintf(out + len, size - len, byte < 0x20 || byte == 0x7f ? "\\x%02x" : "\\%c", byte);
    } else {
      out[len++] = (char)byte;
    }
  }
  snprintf(out + len, size - len, *text ? "..\"" : "\"");
}

/* Levenshtein's distance, without regard to case. */
static size_t distance(const char *a, const char *b) {
  size_t a_len = strlen(a), b_len = strlen(b);
  if (a_len >= NAME_MAX_CHARS || b_len >= NAME_MAX_CHARS) return NAME_MAX_CHARS;
  size_t row[NAME_MAX_CHARS];
  for (size_t j = 0; j <= b_len; j++) row[j] = j;
  for (size_t i = 1; i <= a_len; i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b_len; j++) {
      bool same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
      size_t best = diagonal + !same;
      diagonal = row[j];
      if (row[j] + 1 < best) best = row[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      row[j] = best;
    }
  }
  return row[b_len];
}

static void keep_nearer(const char *name, const char *known, const char **best, size_t *best_distance) {
  size_t d = distance(name, known);
  if (d < *best_distance) {
    *best_distance = d;
    *best = known;
  }
}

/* More than half of the name wrong is another name. */
static size_t farthest(const char *name) {
  return strlen(name) / 2 + 2;
}

const char *config_nearest(const char *name, const char *const *names, size_t count) {
  const char *best = NULL;
  size_t best_distance = farthest(name);
  for (size_t i = 0; i < count; i++) keep_nearer(name, names[i], &best, &best_distance);
  return best;
}

const char *config_nearest_field(const char *name, const struct config_group *group) {
  const char *best = NULL;
  size_t best_distance = farthest(name);
  for (size_t i = 0; i < group->count; i++) keep_nearer(name, group->fields[i].name, &best, &best_distance);
  for (size_t i = 1; i < CONFIG_GROUP_COUNT && !group->name; i++)
    keep_nearer(name, config_groups[i].name, &best, &best_distance);
  return best;
}
