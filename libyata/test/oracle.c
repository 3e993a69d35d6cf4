/* SPDX-License-Identifier: MIT */
#include "oracle.h"

#include <assert.h>
#include <stdlib.h>

static const struct oracle_id nobody = {-1, 0};

static bool same(struct oracle_id a, struct oracle_id b) {
  return a.client == b.client && (a.client < 0 || a.clock == b.clock);
}

static struct oracle_unit *find(const struct oracle *o, struct oracle_id id) {
  if (id.client < 0 || id.clock >= o->state[id.client]) return NULL;
  return o->units[id.client][id.clock];
}

static bool known(const struct oracle *o, struct oracle_id id) {
  return id.client < 0 || find(o, id) != NULL;
}

struct oracle *oracle_create(int client, const enum oracle_kind *kinds) {
  struct oracle *o = calloc(1, sizeof(*o));
  assert(o != NULL);
  o->client = client;
  for (int i = 0; i < ORACLE_LISTS; i++) o->kinds[i] = kinds[i];
  return o;
}

void oracle_destroy(struct oracle *o) {
  for (int c = 0; c < ORACLE_CLIENTS; c++)
    for (uint32_t i = 0; i < o->state[c]; i++) free(o->units[c][i]);
  free(o);
}

/* ---- integrating -------------------------------------------------------------------------- */

/* Is there a unit of that id from `from` up to, not including, `end`? */
static bool between(const struct oracle_unit *from, const struct oracle_unit *end, struct oracle_id id) {
  for (; from != end; from = from->next)
    if (same(from->made.id, id)) return true;
  return false;
}

/* The unit that it goes behind; NULL: at the start. The loop of Item.integrate, with its two sets as stretches of the
 * list: what was seen, and what was seen since the place moved last. */
static struct oracle_unit *place(const struct oracle *o, const struct oracle_op *op) {
  struct oracle_unit *left = find(o, op->origin), *right = find(o, op->right);
  struct oracle_unit *seen = left != NULL ? left->next : o->first[op->list], *conflicts = seen;
  for (struct oracle_unit *other = seen; other != NULL && other != right; other = other->next) {
    if (same(other->made.origin, op->origin)) {
      if (other->made.id.client < op->id.client) {
        left = other;
        conflicts = other->next;
      } else if (same(other->made.right, op->right)) {
        break;
      }
    } else if (other->made.origin.client >= 0 && between(seen, other->next, other->made.origin)) {
      if (!between(conflicts, other->next, other->made.origin)) {
        left = other;
        conflicts = other->next;
      }
    } else {
      break;
    }
  }
  return left;
}

static void link_behind(struct oracle *o, struct oracle_unit *u, struct oracle_unit *left) {
  struct oracle_unit **head = &o->first[u->made.list];
  u->prev = left;
  u->next = left != NULL ? left->next : *head;
  if (u->next != NULL) u->next->prev = u;
  *(left != NULL ? &left->next : head) = u;
}

static void integrate(struct oracle *o, const struct oracle_op *op) {
  struct oracle_unit *u = calloc(1, sizeof(*u));
  assert(u != NULL && op->id.clock < ORACLE_UNITS);
  u->made = *op;
  link_behind(o, u, place(o, op));
  o->units[op->id.client][op->id.clock] = u;
  o->state[op->id.client]++;
  if (o->kinds[op->list] != ORACLE_KEY) return;
  /* The last of what a key was set to is what it holds. */
  if (u->next != NULL)
    u->deleted = true;
  else if (u->prev != NULL)
    u->prev->deleted = true;
}

/* ---- operations --------------------------------------------------------------------------- */

/* Do it if all that it needs is here. True: it is done, and need not be kept. */
static bool try(struct oracle *o, const struct oracle_op *op) {
  if (op->deletes) {
    if (!known(o, op->id)) return false;
    find(o, op->id)->deleted = true;
    return true;
  }
  if (op->id.clock < o->state[op->id.client]) return true;
  if (op->id.clock > o->state[op->id.client] || !known(o, op->origin) || !known(o, op->right)) return false;
  integrate(o, op);
  return true;
}

void oracle_take(struct oracle *o, const struct oracle_op *ops, size_t count) {
  for (size_t i = 0; i < count; i++) {
    assert(o->n_waiting < ORACLE_HEAP);
    o->waiting[o->n_waiting++] = ops[i];
  }
  for (bool again = true; again;) {
    size_t left = 0;
    for (size_t i = 0; i < o->n_waiting; i++)
      if (!try(o, &o->waiting[i])) o->waiting[left++] = o->waiting[i];
    again = left < o->n_waiting;
    o->n_waiting = left;
  }
}

static void make(struct oracle *o, const struct oracle_op *op) {
  bool done = try(o, op);
  assert(done && o->n_made < ORACLE_HEAP);
  o->made[o->n_made++] = *op;
}

static struct oracle_id make_unit(struct oracle *o, int list, const struct oracle_unit *left,
                                  const struct oracle_unit *right, int value) {
  struct oracle_op op = {.id = {o->client, o->state[o->client]}, .list = list, .origin = nobody, .right = nobody};
  if (left != NULL) op.origin = left->made.id;
  if (right != NULL) op.right = right->made.id;
  op.value = value;
  make(o, &op);
  return op.id;
}

static void delete_unit(struct oracle *o, const struct oracle_unit *u) {
  make(o, &(struct oracle_op){.deletes = true, .id = u->made.id});
}

/* ---- local edits -------------------------------------------------------------------------- */

const struct oracle_unit *oracle_at(const struct oracle *o, int list, uint32_t index) {
  const struct oracle_unit *u = o->first[list];
  for (; u != NULL; u = u->next)
    if (!u->deleted && index-- == 0) return u;
  return NULL;
}

uint32_t oracle_length(const struct oracle *o, int list) {
  uint32_t n = 0;
  while (oracle_at(o, list, n) != NULL) n++;
  return n;
}

/* Arrays insert right behind the element before; text goes past what was deleted there. */
void oracle_insert(struct oracle *o, int list, uint32_t index, const int *values, uint32_t count) {
  const struct oracle_unit *left = index > 0 ? oracle_at(o, list, index - 1) : NULL;
  const struct oracle_unit *right = left != NULL ? left->next : o->first[list];
  while (o->kinds[list] == ORACLE_TEXT && right != NULL && right->deleted) {
    left = right;
    right = right->next;
  }
  for (uint32_t i = 0; i < count; i++) left = find(o, make_unit(o, list, left, right, values[i]));
}

void oracle_delete(struct oracle *o, int list, uint32_t index, uint32_t count) {
  while (count-- > 0) delete_unit(o, oracle_at(o, list, index));
}

void oracle_set(struct oracle *o, int list, int value) {
  const struct oracle_unit *last = o->first[list];
  while (last != NULL && last->next != NULL) last = last->next;
  (void)make_unit(o, list, last, NULL, value);
}

void oracle_unset(struct oracle *o, int list) {
  const struct oracle_unit *held = oracle_at(o, list, 0);
  if (held != NULL) delete_unit(o, held);
}
