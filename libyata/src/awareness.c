/* SPDX-License-Identifier: MIT */
/* Awareness as y-protocols has it: setting, renewing and removing states. */
#include "awareness.h"

int yata_awareness_create(const yata_awareness_options *options, yata_awareness **out) {
  static const yata_awareness_options defaults;
  const yata_awareness_options *o = options != NULL ? options : &defaults;
  struct yata_mem mem = {.alloc = o->alloc};
  if (o->client_id > YATA_CLIENT_MAX) return YATA_ERR_INVALID;
  yata_awareness *a = yata_mem_resize(&mem, NULL, 0, sizeof(*a));
  if (a == NULL) return YATA_ERR_NOMEM;
  *a = (yata_awareness){
      .mem = mem,
      .client_id = o->client_id,
      .max_clients = o->max_clients ? o->max_clients : YATA_AWARENESS_CLIENTS,
      .max_bytes = o->max_bytes ? o->max_bytes : YATA_AWARENESS_BYTES,
      .max_state_bytes = o->max_state_bytes ? o->max_state_bytes : YATA_AWARENESS_STATE_BYTES,
      .timeout_ms = o->timeout_ms ? o->timeout_ms : YATA_AWARENESS_TIMEOUT_MS,
  };
  if (yata_mem_grow(&a->mem, &a->slots, &a->cap_slots, 1, sizeof(*a->slots)) < 0) {
    yata_awareness_destroy(a);
    return YATA_ERR_NOMEM;
  }
  a->slots[0] = (struct yata_slot){0};
  a->n_slots = 1;
  *out = a;
  return 0;
}

void yata_awareness_destroy(yata_awareness *a) {
  if (a == NULL) return;
  for (uint32_t s = 1; s < a->n_slots; s++) yata_mem_resize(&a->mem, a->slots[s].json, a->slots[s].len, 0);
  for (int i = 0; i < YATA_CHANGES; i++) yata_mem_drop(&a->mem, &a->changes[i].v, &a->changes[i].cap, sizeof(uint64_t));
  yata_mem_drop(&a->mem, &a->undo, &a->cap_undo, sizeof(*a->undo));
  yata_mem_drop(&a->mem, &a->slots, &a->cap_slots, sizeof(*a->slots));
  yata_mem_drop(&a->mem, &a->hash, &a->n_hash, sizeof(*a->hash));
  struct yata_mem last = a->mem;
  yata_mem_resize(&last, a, sizeof(*a), 0);
}

static void forget(yata_awareness_changes *changes) {
  static const yata_awareness_changes none;
  if (changes != NULL) *changes = none;
}

static bool is_local(const yata_awareness *a, uint64_t client) {
  return client == a->client_id;
}

/* A clock at its end stays there: others ignore what comes, nothing wraps. */
static uint64_t after(uint64_t clock) {
  return clock < YATA_CLIENT_MAX ? clock + 1 : clock;
}

static bool same(const struct yata_slot *slot, yata_slice json) {
  return slot->len == json.len && memcmp(slot->json, json.data, json.len) == 0;
}

/* ---- the local state ------------------------------------------------------------------------ */

static int set(yata_awareness *a, yata_slice json, uint64_t now) {
  uint32_t s = yata_slot_find(a, a->client_id);
  /* 0 is no news to others: y-protocols gives it to a state that it sets before the first. */
  uint64_t clock = s == YATA_NO_SLOT ? 1 : after(a->slots[s].clock);
  bool was = s != YATA_NO_SLOT && a->slots[s].json != NULL;
  if (json.data == NULL) {
    yata_awareness_note(a, YATA_REMOVED, a->client_id);
  } else if (!was) {
    yata_awareness_note(a, YATA_ADDED, a->client_id);
  } else {
    yata_awareness_note(a, YATA_UPDATED, a->client_id);
    if (!same(&a->slots[s], json)) yata_awareness_note(a, YATA_CHANGED, a->client_id);
  }
  return yata_awareness_put(a, a->client_id, clock, json, now);
}

int yata_awareness_set(yata_awareness *a, const char *json, size_t len, uint64_t now, yata_awareness_changes *changes) {
  yata_slice state = {(const uint8_t *)json, json != NULL ? len : 0};
  uint32_t units;
  forget(changes);
  if (json != NULL &&
      (len == 0 || !yata_utf8_check(state.data, len, &units) || yata_json_check(state.data, len, YATA_NESTING_MAX) < 0))
    return YATA_ERR_INVALID;
  if (yata_awareness_is_null(state)) state = (yata_slice){NULL, 0};
  YATA_TRY(yata_awareness_begin(a, 1));
  return yata_awareness_end(a, set(a, state, now), changes);
}

/* ---- taking an update ----------------------------------------------------------------------- */

static int take(yata_awareness *a, const yata_awareness_entry *e, uint64_t now) {
  uint32_t s = yata_slot_find(a, e->client);
  const struct yata_slot *slot = s != YATA_NO_SLOT ? &a->slots[s] : NULL;
  bool gone = yata_awareness_is_null(e->json), was = slot != NULL && slot->json != NULL;
  uint64_t clock = slot != NULL ? slot->clock : 0;
  if (e->clock < clock || (e->clock == clock && !(gone && was))) return 0;
  if (gone && was && is_local(a, e->client)) {
    yata_awareness_note(a, YATA_UPDATED, e->client);
    return yata_awareness_put(a, e->client, after(e->clock), (yata_slice){slot->json, slot->len}, now);
  }
  if (gone) {
    if (slot != NULL) yata_awareness_note(a, YATA_REMOVED, e->client);
    return yata_awareness_put(a, e->client, e->clock, (yata_slice){NULL, 0}, now);
  }
  if (slot == NULL) {
    yata_awareness_note(a, YATA_ADDED, e->client);
  } else {
    yata_awareness_note(a, YATA_UPDATED, e->client);
    if (!was || !same(slot, e->json)) yata_awareness_note(a, YATA_CHANGED, e->client);
  }
  return yata_awareness_put(a, e->client, e->clock, e->json, now);
}

static int take_all(yata_awareness *a, struct yata_rd *rd, uint64_t count, uint64_t now) {
  for (uint64_t i = 0; i < count; i++) {
    yata_awareness_entry e;
    YATA_TRY(yata_awareness_read(rd, &e));
    YATA_TRY(take(a, &e, now));
  }
  return 0;
}

int yata_awareness_apply(yata_awareness *a, const uint8_t *update, size_t len, uint64_t now,
                         yata_awareness_changes *changes) {
  struct yata_rd rd = yata_rd_of(update, len);
  uint64_t count;
  forget(changes);
  YATA_TRY(yata_awareness_validate(update, len, NULL));
  YATA_TRY(yata_rd_uint(&rd, &count));
  if (count / 2 > a->max_clients) return YATA_ERR_LIMIT;
  YATA_TRY(yata_awareness_begin(a, (uint32_t)count));
  return yata_awareness_end(a, take_all(a, &rd, count, now), changes);
}

/* ---- removing ------------------------------------------------------------------------------- */

static int leave(yata_awareness *a, uint64_t client, uint64_t now) {
  uint32_t s = yata_slot_find(a, client);
  if (s == YATA_NO_SLOT || a->slots[s].json == NULL) return 0;
  const struct yata_slot *slot = &a->slots[s];
  yata_awareness_note(a, YATA_REMOVED, client);
  if (is_local(a, client)) return yata_awareness_put(a, client, after(slot->clock), (yata_slice){NULL, 0}, now);
  return yata_awareness_put(a, client, slot->clock, (yata_slice){NULL, 0}, slot->heard_ms);
}

int yata_awareness_remove(yata_awareness *a, const uint64_t *clients, size_t count, uint64_t now,
                          yata_awareness_changes *changes) {
  int err = 0;
  uint32_t known = count < a->present ? (uint32_t)count : a->present;
  forget(changes);
  YATA_TRY(yata_awareness_begin(a, known));
  for (size_t i = 0; i < count && err == 0; i++) err = leave(a, clients[i], now);
  return yata_awareness_end(a, err, changes);
}

static int renew(yata_awareness *a, uint64_t now) {
  uint32_t s = yata_slot_find(a, a->client_id);
  if (s == YATA_NO_SLOT || a->slots[s].json == NULL) return 0;
  const struct yata_slot *slot = &a->slots[s];
  if (now < slot->heard_ms || now - slot->heard_ms < a->timeout_ms / 2) return 0;
  return set(a, (yata_slice){slot->json, slot->len}, now);
}

int yata_awareness_tick(yata_awareness *a, uint64_t now, yata_awareness_changes *changes) {
  forget(changes);
  YATA_TRY(yata_awareness_begin(a, a->present));
  int err = renew(a, now);
  for (uint32_t s = 1; s < a->n_slots && err == 0; s++) {
    const struct yata_slot *slot = &a->slots[s];
    if (slot->json == NULL || is_local(a, slot->client)) continue;
    if (now > slot->heard_ms && now - slot->heard_ms >= a->timeout_ms) err = leave(a, slot->client, now);
  }
  return yata_awareness_end(a, err, changes);
}

/* ---- asking --------------------------------------------------------------------------------- */

size_t yata_awareness_count(const yata_awareness *a) {
  return a->present;
}

int yata_awareness_get(const yata_awareness *a, uint64_t client, yata_slice *json, uint64_t *clock) {
  uint32_t s = yata_slot_find(a, client);
  if (s == YATA_NO_SLOT) return YATA_ERR_NOT_FOUND;
  if (json != NULL) *json = (yata_slice){a->slots[s].json, a->slots[s].len};
  if (clock != NULL) *clock = a->slots[s].clock;
  return 0;
}

int yata_awareness_next(const yata_awareness *a, uint32_t *cursor, uint64_t *client, yata_slice *json) {
  uint32_t s = a->slots[*cursor].next;
  if (s == 0) return YATA_ERR_NOT_FOUND;
  *cursor = s;
  *client = a->slots[s].client;
  if (json != NULL) *json = (yata_slice){a->slots[s].json, a->slots[s].len};
  return 0;
}
