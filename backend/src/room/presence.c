/* SPDX-License-Identifier: MIT */
#include "room/presence.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "wire/yproto.h"

#define PRESENCE_WITHDRAWN_MAX 4096 /* clocks remembered of clients that left */

void presence_deinit(struct presence *p) {
  for (size_t i = 0; i < p->count; i++) free(p->entries[i].json);
  free(p->entries);
  *p = (struct presence){0};
}

/* Index of the first entry with a client id of at least @client. */
static size_t lower_bound(const struct presence *p, uint64_t client) {
  size_t lo = 0, hi = p->count;
  while (lo < hi) {
    size_t mid = lo + (hi - lo) / 2;
    if (p->entries[mid].client < client)
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo;
}

static bool is_null(const struct yproto_awareness_entry *e) {
  return e->json_len == 4 && memcmp(e->json, "null", 4) == 0;
}

/* Would @owner be past its limits with @more bytes, and with one more client when @fresh? */
static bool too_much(const struct presence *p, const void *owner, struct presence_limits limits, bool fresh,
                     size_t more) {
  size_t clients = fresh, bytes = more;
  for (size_t i = 0; i < p->count; i++) {
    if (p->entries[i].owner != owner) continue;
    clients++;
    bytes += p->entries[i].json_len;
  }
  return clients > limits.clients || bytes > limits.bytes;
}

static void forget_withdrawn(struct presence *p) {
  size_t kept = 0;
  for (size_t i = 0; i < p->count; i++)
    if (p->entries[i].owner) p->entries[kept++] = p->entries[i];
  p->count = kept;
}

static int insert_at(struct presence *p, size_t at, uint64_t client) {
  if (p->count == p->cap) {
    size_t cap = p->cap ? p->cap * 2 : 8;
    struct presence_entry *entries = realloc(p->entries, cap * sizeof *entries);
    if (!entries) return ERR_NOMEM;
    p->entries = entries;
    p->cap = cap;
  }
  memmove(&p->entries[at + 1], &p->entries[at], (p->count - at) * sizeof *p->entries);
  p->entries[at] = (struct presence_entry){.client = client};
  p->count++;
  return 0;
}

/*
 * Put one entry in; *accepted is what to pass on. A client that comes back with
 * a clock that others have seen withdrawn is passed on with the next clock:
 * otherwise they would ignore it until it renews its state.
 */
static int take_entry(struct presence *p, const void *owner, struct presence_limits limits,
                      struct yproto_awareness_entry *e, bool *accepted) {
  *accepted = false;
  size_t at = lower_bound(p, e->client);
  struct presence_entry *known = at < p->count && p->entries[at].client == e->client ? &p->entries[at] : NULL;
  if (known && known->owner && known->owner != owner) return 0;
  bool gone = is_null(e);
  if (gone && !(known && known->owner)) return 0;
  if (known && known->owner && (gone ? e->clock < known->clock : e->clock <= known->clock)) return 0;
  if (known && !known->owner && e->clock <= known->clock) e->clock = known->clock + 1;
  bool fresh = !known || !known->owner;
  size_t replaced = fresh ? 0 : known->json_len;
  if (!gone && e->json_len > replaced && too_much(p, owner, limits, fresh, e->json_len - replaced)) return ERR_FULL;
  if (!known && p->count >= PRESENCE_WITHDRAWN_MAX) {
    forget_withdrawn(p);
    at = lower_bound(p, e->client);
  }
  uint8_t *json = NULL;
  if (!gone && !(json = malloc(e->json_len ? e->json_len : 1))) return ERR_NOMEM;
  if (!known) {
    int err = insert_at(p, at, e->client);
    if (err) {
      free(json);
      return err;
    }
    known = &p->entries[at];
  }
  if (json) memcpy(json, e->json, e->json_len);
  free(known->json);
  known->json = json;
  known->json_len = json ? e->json_len : 0;
  known->clock = e->clock;
  known->owner = gone ? NULL : owner;
  *accepted = true;
  return 0;
}

static int prepend_count(struct buf *out, uint64_t count, const struct buf *entries) {
  if (count == 0) return 0;
  int err = buf_append_varuint(out, count);
  return err ? err : buf_append(out, entries->data, entries->len);
}

/* Whole first, so that a malformed message changes nothing. */
static int check(const uint8_t *update, size_t len, uint64_t *count) {
  size_t pos = 0;
  int err = yproto_awareness_count(update, len, &pos, count);
  for (uint64_t i = 0; i < *count && !err; i++) {
    struct yproto_awareness_entry e;
    err = yproto_awareness_next(update, len, &pos, &e);
  }
  return !err && pos != len ? ERR_MALFORMED : err;
}

int presence_take(struct presence *p, const void *owner, struct presence_limits limits, const uint8_t *update,
                  size_t len, struct buf *out) {
  uint64_t count = 0, taken = 0;
  int err = check(update, len, &count);
  if (err) return err;
  struct buf entries = BUF_INIT;
  size_t pos = 0;
  err = yproto_awareness_count(update, len, &pos, &count);
  for (uint64_t i = 0; i < count && !err; i++) {
    struct yproto_awareness_entry e;
    bool accepted = false;
    err = yproto_awareness_next(update, len, &pos, &e);
    if (!err) err = take_entry(p, owner, limits, &e, &accepted);
    if (!err && accepted) err = yproto_awareness_append(&entries, &e);
    if (!err && accepted) taken++;
  }
  int failed = prepend_count(out, taken, &entries);
  buf_deinit(&entries);
  return err ? err : failed;
}

int presence_withdraw(struct presence *p, const void *owner, struct buf *out) {
  struct buf entries = BUF_INIT;
  uint64_t count = 0;
  int err = 0;
  for (size_t i = 0; i < p->count; i++) {
    struct presence_entry *known = &p->entries[i];
    if (known->owner != owner) continue;
    free(known->json);
    known->json = NULL;
    known->json_len = 0;
    known->owner = NULL;
    struct yproto_awareness_entry gone = {
        .client = known->client, .clock = known->clock, .json = (const uint8_t *)"null", .json_len = 4};
    if (!err) err = yproto_awareness_append(&entries, &gone);
    count++;
  }
  if (!err) err = prepend_count(out, count, &entries);
  buf_deinit(&entries);
  return err;
}

int presence_encode(const struct presence *p, struct buf *out) {
  struct buf entries = BUF_INIT;
  uint64_t count = 0;
  int err = 0;
  for (size_t i = 0; i < p->count && !err; i++) {
    const struct presence_entry *known = &p->entries[i];
    if (!known->owner) continue;
    struct yproto_awareness_entry e = {
        .client = known->client, .clock = known->clock, .json = known->json, .json_len = known->json_len};
    err = yproto_awareness_append(&entries, &e);
    count++;
  }
  if (!err) err = prepend_count(out, count, &entries);
  buf_deinit(&entries);
  return err;
}
