/* SPDX-License-Identifier: MIT */
#include "attr_map.h"

static bool same_bytes(yata_slice a, yata_slice b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

struct yata_attr yata_attr_of(const struct yata_doc *doc, const struct yata_item *it) {
  yata_slice raw = yata_value_bytes(&doc->clients[it->client].values, it->content);
  struct yata_rd rd = yata_rd_of(raw.data, raw.len);
  struct yata_attr a = {{0}, {0}};
  int err = yata_rd_bytes(&rd, &a.key);
  if (err == 0) err = yata_rd_bytes(&rd, &a.value);
  (void)err; /* verified when it came */
  return a;
}

/* ---- the map ------------------------------------------------------------------------------------ */

static struct yata_attr *find(const struct yata_attr_map *map, yata_slice key) {
  for (uint32_t i = 0; i < map->n; i++)
    if (same_bytes(map->v[i].key, key)) return &map->v[i];
  return NULL;
}

yata_slice yata_attr_get(const struct yata_attr_map *map, yata_slice key) {
  const struct yata_attr *a = find(map, key);
  return a != NULL ? a->value : (yata_slice){NULL, 0};
}

yata_slice yata_attr_or_null(const struct yata_attr_map *map, yata_slice key) {
  const struct yata_attr *a = find(map, key);
  return a != NULL ? a->value : (yata_slice){(const uint8_t *)"null", 4};
}

int yata_attr_set(struct yata_mem *mem, struct yata_attr_map *map, struct yata_attr a) {
  struct yata_attr *have = find(map, a.key);
  if (have == NULL) {
    YATA_TRY(yata_mem_grow(mem, &map->v, &map->cap, (size_t)map->n + 1, sizeof(*map->v)));
    have = &map->v[map->n++];
  }
  *have = a;
  return 0;
}

void yata_attr_remove(struct yata_attr_map *map, yata_slice key) {
  struct yata_attr *have = find(map, key);
  if (have == NULL) return;
  map->n--;
  memmove(have, have + 1, (size_t)(map->v + map->n - have) * sizeof(*have));
}

int yata_attr_update(struct yata_mem *mem, struct yata_attr_map *map, struct yata_attr a) {
  if (!yata_attr_is_null(a.value)) return yata_attr_set(mem, map, a);
  yata_attr_remove(map, a.key);
  return 0;
}

void yata_attr_map_deinit(struct yata_mem *mem, struct yata_attr_map *map) {
  yata_mem_drop(mem, &map->v, &map->cap, sizeof(*map->v));
  map->n = 0;
}

/* ---- comparing ---------------------------------------------------------------------------------- */

/* A cursor over verified JSON. */
struct json {
  const uint8_t *p, *end;
};

static void skip_space(struct json *j) {
  while (j->p < j->end && (*j->p == ' ' || *j->p == '\t' || *j->p == '\n' || *j->p == '\r')) j->p++;
}

static void skip_string(struct json *j) {
  for (j->p++; j->p < j->end && *j->p != '"'; j->p++)
    if (*j->p == '\\') j->p++;
  j->p++;
}

/* One value, or one of the marks between values. */
static yata_slice next_token(struct json *j) {
  skip_space(j);
  const uint8_t *from = j->p;
  if (j->p == j->end) return (yata_slice){from, 0};
  if (*from == '"') {
    skip_string(j);
  } else if (strchr("{}[],:", *from) != NULL) {
    j->p++;
  } else {
    while (j->p < j->end && strchr("{}[],: \t\r\n", *j->p) == NULL) j->p++;
  }
  return (yata_slice){from, (size_t)(j->p - from)};
}

static bool opens(yata_slice token) {
  return token.len > 0 && (token.data[0] == '{' || token.data[0] == '[');
}

/* Only the order of an object's keys is not looked through: JavaScript keeps it. */
bool yata_attr_same(yata_slice a, yata_slice b) {
  struct json x = {a.data, a.data + a.len}, y = {b.data, b.data + b.len};
  yata_slice s = next_token(&x), t = next_token(&y);
  if (!same_bytes(s, t)) return false;
  if (!opens(s)) return true;
  do {
    s = next_token(&x);
    t = next_token(&y);
    if (!same_bytes(s, t) || opens(s)) return false;
  } while (s.len > 0);
  return true;
}

bool yata_attr_is_null(yata_slice value) {
  return value.len == 4 && memcmp(value.data, "null", 4) == 0;
}
