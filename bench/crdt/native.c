/* SPDX-License-Identifier: MIT */
/* Runs one workload (script.mjs says how it stands in a file) with libyata: the same steps as run-workload.mjs. Prints
 * one line of JSON: the medians of so many runs. The state of the last run goes to a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <yata.h>

/* ---- the script --------------------------------------------------------------------------- */

struct edit {
  char kind;
  uint32_t index, count;
  yata_slice text;
  yata_any *values;
};

struct transaction {
  uint32_t doc, n_take, n_edits;
  uint32_t *take;
  struct edit *edits;
};

struct script {
  char mode;
  uint32_t docs, shared, n;
  struct transaction *transactions;
};

static void die(const char *what) {
  fprintf(stderr, "native: %s\n", what);
  exit(1);
}

static void check(int err) {
  if (err < 0) die(yata_strerror(err));
}

static void *many(size_t count, size_t size) {
  void *p = calloc(count > 0 ? count : 1, size);
  if (p == NULL) die("out of memory");
  return p;
}

static uint32_t u32(const uint8_t **p) {
  uint32_t v = (uint32_t)(*p)[0] | (uint32_t)(*p)[1] << 8 | (uint32_t)(*p)[2] << 16 | (uint32_t)(*p)[3] << 24;
  *p += 4;
  return v;
}

static yata_slice text(const uint8_t **p) {
  yata_slice s = {NULL, u32(p)};
  s.data = *p;
  *p += s.len;
  return s;
}

static yata_any value(const uint8_t **p) {
  char tag = (char)*(*p)++;
  yata_any any = {.kind = YATA_ANY_OBJECT};
  if (tag == 's') {
    yata_slice s = text(p);
    return yata_any_string_n((const char *)s.data, s.len);
  }
  if (tag == 'n') {
    double d;
    memcpy(&d, *p, sizeof(d));
    *p += sizeof(d);
    return yata_any_number(d);
  }
  uint32_t n = u32(p);
  yata_any_entry *entries = many(n, sizeof(*entries));
  for (uint32_t i = 0; i < n; i++) {
    entries[i].key = text(p);
    entries[i].value = value(p);
  }
  any.u.object.entries = entries;
  any.u.object.len = n;
  return any;
}

static struct edit read_edit(const uint8_t **p) {
  struct edit e = {.kind = (char)*(*p)++, .count = 1};
  if (e.kind != 'm') e.index = u32(p);
  if (e.kind == 't' || e.kind == 'm') e.text = text(p);
  if (e.kind == 'x' || e.kind == 'a') e.count = u32(p);
  if (e.kind == 't' || e.kind == 'x') return e;
  e.values = many(e.count, sizeof(*e.values));
  for (uint32_t i = 0; i < e.count; i++) e.values[i] = value(p);
  return e;
}

static void read_transaction(const uint8_t **p, struct transaction *t) {
  t->doc = u32(p);
  t->n_take = u32(p);
  t->take = many(t->n_take, sizeof(*t->take));
  for (uint32_t i = 0; i < t->n_take; i++) t->take[i] = u32(p);
  t->n_edits = u32(p);
  t->edits = many(t->n_edits, sizeof(*t->edits));
  for (uint32_t i = 0; i < t->n_edits; i++) t->edits[i] = read_edit(p);
}

/* The file is our own: it is not verified, and stays in memory. */
static struct script read_script(const char *path) {
  FILE *f = fopen(path, "rb");
  if (f == NULL || fseek(f, 0, SEEK_END) != 0) die(path);
  long size = ftell(f);
  uint8_t *data = many((size_t)size, 1);
  rewind(f);
  if (fread(data, 1, (size_t)size, f) != (size_t)size) die(path);
  fclose(f);
  const uint8_t *p = data + 1;
  struct script s = {.mode = (char)data[0]};
  s.docs = u32(&p);
  s.shared = u32(&p);
  s.n = u32(&p);
  s.transactions = many(s.n, sizeof(*s.transactions));
  for (uint32_t i = 0; i < s.n; i++) read_transaction(&p, &s.transactions[i]);
  return s;
}

/* ---- documents ---------------------------------------------------------------------------- */

struct doc {
  yata_doc *doc;
  yata_type text, map, array;
};

static struct doc create(uint64_t client) {
  yata_options options = {.client_id = client};
  struct doc d;
  check(yata_doc_create(&options, &d.doc));
  check(yata_text(d.doc, "text", &d.text));
  check(yata_map(d.doc, "map", &d.map));
  check(yata_array(d.doc, "array", &d.array));
  return d;
}

static int make(struct doc *d, const struct edit *e) {
  const char *s = (const char *)e->text.data;
  switch (e->kind) {
  case 't': return yata_text_insert(d->doc, d->text, e->index, s, e->text.len);
  case 'x': return yata_text_delete(d->doc, d->text, e->index, e->count);
  case 'a': return yata_array_insert(d->doc, d->array, e->index, e->values, e->count);
  default: return yata_map_set(d->doc, d->map, s, e->text.len, e->values);
  }
}

static void apply(struct doc *d, const yata_slice *update) {
  check(yata_apply_update(d->doc, update->data, update->len, NULL));
}

/* All updates one behind the other; their places once all were made. */
struct made {
  yata_buf bytes;
  size_t *ends;
  uint32_t n;
};

static yata_slice update_at(const struct made *m, uint32_t i) {
  size_t from = i > 0 ? m->ends[i - 1] : 0;
  return (yata_slice){m->bytes.data + from, m->ends[i] - from};
}

static void transact(struct doc *d, const struct transaction *t, struct made *m) {
  check(yata_txn_begin(d->doc));
  for (uint32_t i = 0; i < t->n_edits; i++) check(make(d, &t->edits[i]));
  check(yata_txn_commit(d->doc, &m->bytes));
  m->ends[m->n++] = m->bytes.len;
}

/* ---- runs --------------------------------------------------------------------------------- */

struct figures {
  double time, apply, encode, load;
  size_t sent;
  yata_buf state;
};

struct moment {
  double wall, cpu;
};

static double ms_of(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct moment now(void) {
  return (struct moment){ms_of(CLOCK_MONOTONIC), ms_of(CLOCK_PROCESS_CPUTIME_ID)};
}

/* Milliseconds of processor time where they are fewer: waiting for others on a busy machine is not the work. */
static double since(struct moment from) {
  double cpu = ms_of(CLOCK_PROCESS_CPUTIME_ID) - from.cpu, wall = ms_of(CLOCK_MONOTONIC) - from.wall;
  return cpu < wall ? cpu : wall;
}

static void share(struct doc *docs, const struct script *s) {
  struct made m = {.bytes = YATA_BUF_INIT, .ends = many(1, sizeof(*m.ends))};
  transact(&docs[0], &s->transactions[0], &m);
  yata_slice update = update_at(&m, 0);
  for (uint32_t i = 1; i < s->docs; i++) apply(&docs[i], &update);
  yata_buf_deinit(&m.bytes);
  free(m.ends);
}

static void edit_all(struct doc *docs, const struct transaction *t, uint32_t n, struct made *m) {
  for (uint32_t i = 0; i < n; i++) {
    struct doc *d = &docs[t[i].doc];
    for (uint32_t j = 0; j < t[i].n_take; j++) {
      yata_slice update = update_at(m, t[i].take[j]);
      apply(d, &update);
    }
    transact(d, &t[i], m);
  }
}

static void apply_all(struct doc *d, const struct made *m, uint32_t but) {
  for (uint32_t i = 0; i < m->n; i++) {
    yata_slice update = update_at(m, i);
    if (i != but) apply(d, &update);
  }
}

static void encode_and_load(const struct doc *d, struct figures *f) {
  yata_doc *loaded;
  yata_buf again = YATA_BUF_INIT;
  struct moment from = now();
  check(yata_encode_state_as_update(d->doc, NULL, 0, &f->state));
  f->encode = since(from);
  from = now();
  check(yata_doc_create(NULL, &loaded));
  check(yata_apply_update(loaded, f->state.data, f->state.len, NULL));
  f->load = since(from);
  check(yata_encode_state_as_update(loaded, NULL, 0, &again));
  if (again.len != f->state.len || memcmp(again.data, f->state.data, again.len) != 0) die("loaded something else");
  yata_buf_deinit(&again);
  yata_doc_destroy(loaded);
}

/* The document that in the end holds everything; `fresh` is a new one for it. */
static struct doc *run_mode(const struct script *s, struct doc *docs, struct doc *fresh, struct made *m,
                            struct figures *f) {
  const struct transaction *t = s->transactions + s->shared;
  uint32_t n = s->n - s->shared;
  struct moment from = now();
  edit_all(docs, t, n, m);
  if (s->mode == 'x') { /* exchange: two transactions */
    yata_slice one = update_at(m, 0), two = update_at(m, 1);
    apply(&docs[1], &one);
    apply(&docs[0], &two);
  }
  f->time = since(from);
  if (s->mode == 'x') return &docs[0];
  from = now();
  if (s->mode == 'g') {
    apply_all(&docs[1], m, 1);
    f->time = since(from);
    return &docs[1];
  }
  apply_all(fresh, m, UINT32_MAX);
  f->apply = since(from);
  return fresh;
}

static struct figures run(const struct script *s) {
  struct figures f = {.state = YATA_BUF_INIT};
  struct made m = {.bytes = YATA_BUF_INIT, .ends = many(s->n, sizeof(*m.ends))};
  struct doc *docs = many(s->docs, sizeof(*docs)), fresh = create(1000);
  for (uint32_t i = 0; i < s->docs; i++) docs[i] = create(i + 1);
  if (s->shared > 0) share(docs, s);
  encode_and_load(run_mode(s, docs, &fresh, &m, &f), &f);
  f.sent = m.bytes.len;
  for (uint32_t i = 0; i < s->docs; i++) yata_doc_destroy(docs[i].doc);
  yata_doc_destroy(fresh.doc);
  yata_buf_deinit(&m.bytes);
  free(m.ends);
  free(docs);
  return f;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *list, size_t n) {
  qsort(list, n, sizeof(*list), compare);
  return list[n / 2];
}

int main(int argc, char **argv) {
  if (argc != 4) die("usage: native SCRIPT RUNS STATE");
  struct script s = read_script(argv[1]);
  size_t n = strtoul(argv[2], NULL, 10);
  double *ms = many(4 * n, sizeof(*ms));
  if (n == 0) die("at least one run");
  for (size_t i = 0; i < n; i++) {
    struct figures f = run(&s);
    ms[i] = f.time;
    ms[n + i] = f.apply;
    ms[2 * n + i] = f.encode;
    ms[3 * n + i] = f.load;
    if (i + 1 == n) {
      FILE *out = fopen(argv[3], "wb");
      if (out == NULL || fwrite(f.state.data, 1, f.state.len, out) != f.state.len || fclose(out) != 0) die(argv[3]);
      printf("{\"sent\":%zu,\"bytes\":%zu,", f.sent, f.state.len);
    }
    yata_buf_deinit(&f.state);
  }
  if (s.mode != 's') printf("\"time\":%.5f,", median(ms, n));
  if (s.mode == 'e' || s.mode == 's') printf("\"apply\":%.5f,", median(ms + n, n));
  printf("\"encode\":%.5f,\"load\":%.5f}\n", median(ms + 2 * n, n), median(ms + 3 * n, n));
  return 0;
}
