/* SPDX-License-Identifier: MIT */
/* Updates without a document: merge, diff and state vector, step for step as Yjs does them. */
#include "update.h"

#include <stdlib.h>

#include "encode.h"
#include "integrate.h"

/* ---- reading structs one by one -------------------------------------------------------------- */

/* Reads an update once, verifying it on the way; behind the last struct comes the delete set. */
struct lazy {
  struct yata_rd rd;
  uint64_t sections, structs; /* left to read */
  struct yata_struct st;      /* id is the next one's while !has */
  bool has, skips;            /* skips: hand them out, too */
  bool ended;
  const struct yata_walk *deleted; /* is told what was deleted */
};

static int lazy_end(struct lazy *l) {
  if (l->ended) return 0;
  l->ended = true;
  return yata_deleted_walk(&l->rd, l->deleted);
}

static int lazy_step(struct lazy *l) {
  if (l->has) {
    l->st.id.clock += l->st.len;
    l->has = false;
  }
  while (l->structs == 0) {
    if (l->sections == 0) return lazy_end(l);
    l->sections--;
    YATA_TRY(yata_section_read(&l->rd, &l->structs, &l->st.id));
  }
  l->structs--;
  YATA_TRY(yata_struct_read(&l->rd, YATA_NESTING_MAX, &l->st));
  l->has = true;
  return 0;
}

static int lazy_next(struct lazy *l) {
  do YATA_TRY(lazy_step(l));
  while (l->has && !l->skips && l->st.kind == YATA_WIRE_SKIP);
  return 0;
}

static int lazy_init(struct lazy *l, yata_slice update, bool held, bool skips, const struct yata_walk *deleted) {
  static const uint8_t nothing[1];
  if (update.len > UINT32_MAX) return YATA_ERR_LIMIT;
  *l = (struct lazy){.skips = skips, .deleted = deleted};
  l->rd = update.data != NULL ? yata_rd_of(update.data, update.len) : yata_rd_of(nothing, 0);
  l->rd.held = held;
  YATA_TRY(yata_rd_uint(&l->rd, &l->sections));
  return lazy_next(l);
}

/* ---- writing them, grouped by client ---------------------------------------------------------- */

struct group {
  size_t end; /* in body */
  uint32_t written;
};

struct writer {
  struct yata_mem mem;
  yata_buf body;
  struct group *groups;
  uint32_t n, cap;
  struct yata_wid next; /* what goes on in the current group */
  bool plain;           /* as version 1 has it */
};

/* Append a struct without its first `cut` units. A client of which there is more than one run of clocks, which
 * Yjs never writes, keeps them apart. */
static int writer_put(struct writer *w, const struct yata_struct *st, uint32_t cut) {
  uint32_t clock = st->id.clock + cut;
  if (w->n == 0 || w->next.client != st->id.client || w->next.clock != clock) {
    YATA_TRY(yata_mem_grow(&w->mem, &w->groups, &w->cap, (size_t)w->n + 1, sizeof(*w->groups)));
    w->groups[w->n++] = (struct group){0};
    YATA_TRY(yata_buf_put_uint(&w->body, st->id.client));
    YATA_TRY(yata_buf_put_uint(&w->body, clock));
  }
  YATA_TRY((w->plain ? yata_struct_write_v1 : yata_struct_write)(&w->body, st, cut));
  w->next = (struct yata_wid){st->id.client, st->id.clock + st->len};
  w->groups[w->n - 1].written++;
  w->groups[w->n - 1].end = w->body.len;
  return 0;
}

static int writer_finish(struct writer *w, yata_buf *out) {
  size_t from = 0;
  YATA_TRY(yata_buf_put_uint(out, w->n));
  for (uint32_t i = 0; i < w->n; i++) {
    const struct group *g = &w->groups[i];
    YATA_TRY(yata_buf_put_uint(out, g->written));
    YATA_TRY(yata_buf_put(out, w->body.data + from, g->end - from));
    from = g->end;
  }
  return 0;
}

static void writer_deinit(struct writer *w) {
  yata_buf_deinit(&w->body);
  yata_mem_drop(&w->mem, &w->groups, &w->cap, sizeof(*w->groups));
}

/* ---- merge -------------------------------------------------------------------------------- */

/* The struct that is written next: without its first `cut` units. */
struct current {
  bool has;
  struct yata_struct st;
  uint32_t cut;
};

static uint32_t end_of(const struct yata_struct *st) {
  return st->id.clock + st->len;
}

static bool is_before(const struct lazy *a, const struct lazy *b) {
  if (a->st.id.client != b->st.id.client) return a->st.id.client > b->st.id.client;
  return a->st.id.clock < b->st.id.clock;
}

struct merger {
  struct lazy *lazies;
  struct lazy **queue; /* sorted: highest client first, then lowest clock */
  uint32_t n;
  struct current cur;
  struct writer out;
};

/* The first reader has moved on: put it where it belongs now. */
static void requeue(struct merger *m) {
  struct lazy *l = m->queue[0];
  if (!l->has) {
    m->n--;
    m->queue++;
    return;
  }
  uint32_t lo = 1, hi = m->n;
  while (lo < hi) {
    uint32_t mid = (lo + hi) / 2;
    if (is_before(m->queue[mid], l))
      lo = mid + 1;
    else
      hi = mid;
  }
  memmove(m->queue, m->queue + 1, (lo - 1) * sizeof(*m->queue));
  m->queue[lo - 1] = l;
}

static int flush(struct merger *m) {
  return writer_put(&m->out, &m->cur.st, m->cur.cut);
}

static int take(struct merger *m, struct lazy *l, uint32_t cut) {
  m->cur = (struct current){true, l->st, cut};
  return lazy_next(l);
}

/* Join `l`'s struct with the current one, of the same client: a gap, an overlap, or next to it. */
static int join(struct merger *m, struct lazy *l) {
  struct yata_struct *cur = &m->cur.st;
  if (end_of(cur) < l->st.id.clock) {
    if (cur->kind == YATA_WIRE_SKIP) {
      cur->len = end_of(&l->st) - cur->id.clock;
      return 0;
    }
    YATA_TRY(flush(m));
    struct yata_struct skip = {.kind = YATA_WIRE_SKIP, .id = {cur->id.client, end_of(cur)}};
    skip.len = l->st.id.clock - skip.id.clock;
    m->cur = (struct current){true, skip, 0};
    return 0;
  }
  uint32_t diff = end_of(cur) - l->st.id.clock, cut = 0;
  if (diff > 0 && cur->kind == YATA_WIRE_SKIP)
    cur->len -= diff;
  else
    cut = diff;
  if (cur->kind == l->st.kind && (cur->kind == YATA_WIRE_GC || cur->kind == YATA_WIRE_SKIP)) {
    cur->len += l->st.len - cut;
    return 0;
  }
  YATA_TRY(flush(m));
  return take(m, l, cut);
}

/* One turn: write from the first reader until another client's, or another reader's, turn. */
static int turn(struct merger *m) {
  struct lazy *l = m->queue[0];
  uint64_t first = l->st.id.client;
  if (!m->cur.has) {
    YATA_TRY(take(m, l, 0));
  } else {
    bool iterated = false;
    while (l->has && end_of(&l->st) <= end_of(&m->cur.st) && l->st.id.client >= m->cur.st.id.client) {
      YATA_TRY(lazy_next(l));
      iterated = true;
    }
    if (!l->has || l->st.id.client != first || (iterated && l->st.id.clock > end_of(&m->cur.st))) return 0;
    if (first != m->cur.st.id.client) {
      YATA_TRY(flush(m));
      YATA_TRY(take(m, l, 0));
    } else {
      YATA_TRY(join(m, l));
    }
  }
  while (l->has && l->st.id.client == first && l->st.id.clock == end_of(&m->cur.st)) {
    YATA_TRY(flush(m));
    YATA_TRY(take(m, l, 0));
  }
  return 0;
}

static int compare_lazy(const void *a, const void *b) {
  const struct lazy *x = *(struct lazy *const *)a, *y = *(struct lazy *const *)b;
  if (is_before(x, y)) return -1;
  return is_before(y, x) ? 1 : (x > y) - (x < y);
}

/* deleted->held: these are updates of our own. */
static int merge_structs(struct merger *m, const yata_slice *updates, size_t count, const struct yata_walk *deleted) {
  bool sorted = true;
  for (size_t i = 0; i < count; i++) {
    struct lazy *l = &m->lazies[i];
    YATA_TRY(lazy_init(l, updates[i], deleted->held, false, deleted));
    if (!l->has) continue;
    sorted = sorted && (m->n == 0 || !is_before(l, m->queue[m->n - 1]));
    m->queue[m->n++] = l;
  }
  if (!sorted) qsort(m->queue, m->n, sizeof(struct lazy *), compare_lazy);
  while (m->n > 0) {
    YATA_TRY(turn(m));
    requeue(m);
  }
  return m->cur.has ? flush(m) : 0;
}

struct collector {
  struct yata_mem *mem;
  struct yata_ranges ranges;
};

static int collect(void *user, uint64_t client, uint64_t clock, uint64_t len) {
  struct collector *c = user;
  struct yata_ranges *r = &c->ranges;
  YATA_TRY(yata_mem_grow(c->mem, &r->v, &r->cap, (size_t)r->n + 1, sizeof(*r->v)));
  r->v[r->n++] = (struct yata_range){client, clock, len};
  return 0;
}

/* The same where ranges may be joined: what people delete mostly goes on where it was. */
static int collect_joined(void *user, uint64_t client, uint64_t clock, uint64_t len) {
  struct yata_ranges *r = &((struct collector *)user)->ranges;
  struct yata_range *last = r->n > 0 ? &r->v[r->n - 1] : NULL;
  if (last == NULL || last->client != client || (last->clock + last->len != clock && clock + len != last->clock))
    return collect(user, client, clock, len);
  if (clock < last->clock) last->clock = clock;
  last->len += len;
  return 0;
}

static int merge_all(struct merger *m, struct collector *deleted, const yata_slice *updates, size_t count, bool held,
                     yata_buf *out) {
  struct yata_walk walk = {.on_deleted = collect_joined, .user = deleted, .held = held};
  if (count == 1) {
    YATA_TRY(yata_update_walk(updates[0].data, updates[0].len, YATA_NESTING_MAX, &walk, NULL));
    return yata_buf_put(out, updates[0].data, updates[0].len);
  }
  YATA_TRY(merge_structs(m, updates, count, &walk));
  YATA_TRY(writer_finish(&m->out, out));
  yata_ranges_sort(&deleted->ranges);
  return yata_encode_ranges(&deleted->ranges, out);
}

static int merge(const yata_slice *updates, size_t count, bool held, yata_buf *out) {
  struct yata_mem mem = {.alloc = out->alloc};
  struct merger m = {.out = {.mem = mem, .body = {.alloc = out->alloc}}};
  struct collector deleted = {&mem, {0}};
  size_t at = out->len;
  uint32_t cap_l = 0, cap_q = 0;
  struct lazy **queue = NULL;
  int err = yata_mem_grow(&mem, &m.lazies, &cap_l, count + 1, sizeof(*m.lazies));
  if (err == 0) err = yata_mem_grow(&mem, &queue, &cap_q, count + 1, sizeof(struct lazy *));
  m.queue = queue;
  if (err == 0) err = merge_all(&m, &deleted, updates, count, held, out);
  yata_mem_drop(&mem, &m.lazies, &cap_l, sizeof(*m.lazies));
  yata_mem_drop(&mem, &queue, &cap_q, sizeof(struct lazy *));
  yata_mem_drop(&mem, &deleted.ranges.v, &deleted.ranges.cap, sizeof(struct yata_range));
  writer_deinit(&m.out);
  if (err < 0) out->len = at;
  return err;
}

int yata_merge_updates(const yata_slice *updates, size_t count, yata_buf *out) {
  return merge(updates, count, false, out);
}

int yata_merge_held(const yata_slice *updates, size_t count, yata_buf *out) {
  return merge(updates, count, true, out);
}

/* ---- diff --------------------------------------------------------------------------------- */

static int diff_structs(struct lazy *l, const struct yata_sv *sv, struct writer *w) {
  bool found;
  while (l->has) {
    uint64_t client = l->st.id.client;
    uint32_t known = yata_sv_get(sv, client, &found);
    if (l->st.kind == YATA_WIRE_SKIP) {
      YATA_TRY(lazy_next(l));
    } else if (end_of(&l->st) > known) {
      uint32_t cut = known > l->st.id.clock ? known - l->st.id.clock : 0;
      for (; l->has && l->st.id.client == client; cut = 0) {
        YATA_TRY(writer_put(w, &l->st, cut));
        YATA_TRY(lazy_next(l));
      }
    } else {
      while (l->has && l->st.id.client == client && end_of(&l->st) <= known) YATA_TRY(lazy_next(l));
    }
  }
  return 0;
}

static int diff_all(yata_slice update, bool held, const struct yata_sv *sv, struct writer *w, struct collector *deleted,
                    yata_buf *out) {
  struct yata_walk walk = {.on_deleted = collect, .user = deleted};
  struct lazy l;
  YATA_TRY(lazy_init(&l, update, held, true, &walk));
  YATA_TRY(diff_structs(&l, sv, w));
  YATA_TRY(writer_finish(w, out));
  /* As it was read: Yjs joins nothing here, but it does order the clients. */
  for (uint32_t i = 1; i < deleted->ranges.n; i++)
    if (deleted->ranges.v[i - 1].client < deleted->ranges.v[i].client) yata_ranges_sort(&deleted->ranges);
  return yata_encode_ranges(&deleted->ranges, out);
}

static int diff(yata_slice update, bool held, bool plain, yata_slice sv, yata_buf *out) {
  struct yata_mem mem = {.alloc = out->alloc};
  struct writer w = {.mem = mem, .body = {.alloc = out->alloc}, .plain = plain};
  struct collector deleted = {&mem, {0}};
  struct yata_sv state;
  size_t at = out->len;
  YATA_TRY(yata_sv_read(&mem, sv.data, sv.len, &state));
  int err = diff_all(update, held, &state, &w, &deleted, out);
  yata_sv_deinit(&mem, &state);
  yata_mem_drop(&mem, &deleted.ranges.v, &deleted.ranges.cap, sizeof(struct yata_range));
  writer_deinit(&w);
  if (err < 0) out->len = at;
  return err;
}

int yata_diff_update(const uint8_t *update, size_t len, const uint8_t *sv, size_t sv_len, yata_buf *out) {
  return diff((yata_slice){update, len}, false, false, (yata_slice){sv, sv_len}, out);
}

int yata_diff_held(yata_slice update, yata_slice sv, bool plain, yata_buf *out) {
  return diff(update, true, plain, sv, out);
}

/* ---- state vector --------------------------------------------------------------------------- */

struct sv_writer {
  yata_buf body;
  uint64_t client;
  uint32_t clock, size;
  bool any, stop;
};

static int sv_flush(struct sv_writer *w) {
  if (w->clock == 0) return 0;
  w->size++;
  YATA_TRY(yata_buf_put_uint(&w->body, w->client));
  return yata_buf_put_uint(&w->body, w->clock);
}

static int sv_struct(void *user, const struct yata_struct *st, size_t offset) {
  struct sv_writer *w = user;
  (void)offset;
  if (!w->any || w->client != st->id.client) {
    if (w->any) YATA_TRY(sv_flush(w));
    w->any = true;
    w->client = st->id.client;
    w->clock = 0;
    w->stop = st->id.clock != 0;
  }
  if (st->kind == YATA_WIRE_SKIP) w->stop = true;
  if (!w->stop) w->clock = end_of(st);
  return 0;
}

int yata_update_state_vector(const uint8_t *update, size_t len, yata_buf *out) {
  struct sv_writer w = {.body = {.alloc = out->alloc}};
  struct yata_walk walk = {.on_struct = sv_struct, .user = &w};
  size_t at = out->len;
  int err = yata_update_walk(update, len, YATA_NESTING_MAX, &walk, NULL);
  if (err == 0) err = sv_flush(&w);
  if (err == 0) err = yata_buf_put_uint(out, w.size);
  if (err == 0) err = yata_buf_put(out, w.body.data, w.body.len);
  yata_buf_deinit(&w.body);
  if (err < 0) out->len = at;
  return err;
}
