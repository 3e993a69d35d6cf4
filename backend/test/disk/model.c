/* SPDX-License-Identifier: MIT */
#include "model.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SECTOR = 512, ENTRIES = 16 };

/* A write (or a truncation, data NULL) of a file that is not safe yet. */
struct change {
  struct change *next;
  uint64_t at;
  size_t len;
  uint8_t *data;
};

/* A name that was made or (node NULL) removed in a folder, and is not safe yet. */
struct renaming {
  struct renaming *next;
  char name[NAME_SIZE];
  struct node *node;
};

struct entry {
  char name[NAME_SIZE];
  struct node *node; /* NULL: free */
};

struct node {
  struct node *all; /* the next of all that were ever made */
  char name[NAME_SIZE];
  bool folder;
  uint8_t *bytes; /* file: safe content */
  size_t len, cap;
  struct change *changes, **changes_tail;
  struct entry now[ENTRIES], safe[ENTRIES]; /* folder */
  struct renaming *renamings, **renamings_tail;
};

static struct node *nodes, *root;

static void *must(void *memory) {
  if (!memory) abort();
  return memory;
}

static struct node *node_new(const char *name, bool folder) {
  struct node *n = must(calloc(1, sizeof *n));
  snprintf(n->name, sizeof n->name, "%s", name);
  n->folder = folder;
  n->changes_tail = &n->changes;
  n->renamings_tail = &n->renamings;
  n->all = nodes;
  nodes = n;
  return n;
}

static void forget_changes(struct node *n) {
  while (n->changes) {
    struct change *c = n->changes;
    n->changes = c->next;
    free(c->data);
    free(c);
  }
  while (n->renamings) {
    struct renaming *r = n->renamings;
    n->renamings = r->next;
    free(r);
  }
  n->changes_tail = &n->changes;
  n->renamings_tail = &n->renamings;
}

void model_free(void) {
  while (nodes) {
    struct node *n = nodes;
    nodes = n->all;
    forget_changes(n);
    free(n->bytes);
    free(n);
  }
  root = NULL;
}

struct node *model_root(void) {
  model_free();
  root = node_new("", true);
  return root;
}

/* Names -------------------------------------------------------------------- */

static struct entry *entry_of(struct entry entries[ENTRIES], const char *name) {
  for (size_t i = 0; i < ENTRIES; i++)
    if (entries[i].node && strcmp(entries[i].name, name) == 0) return &entries[i];
  return NULL;
}

static void entry_set(struct entry entries[ENTRIES], const char *name, struct node *node) {
  struct entry *e = entry_of(entries, name);
  for (size_t i = 0; i < ENTRIES && !e; i++)
    if (!entries[i].node) e = &entries[i];
  if (!e) abort(); /* more files than this disk is for */
  snprintf(e->name, sizeof e->name, "%s", name);
  e->node = node;
}

/** The folder of a path and its last part. */
static struct node *folder_of(const char *path, char name[NAME_SIZE]) {
  struct node *at = root;
  const char *slash;
  while (at && (slash = strchr(path, '/'))) {
    snprintf(name, NAME_SIZE, "%.*s", (int)(slash - path), path);
    struct entry *e = entry_of(at->now, name);
    at = e ? e->node : NULL;
    path = slash + 1;
  }
  snprintf(name, NAME_SIZE, "%s", path);
  return at;
}

struct node *model_find(const char *path) {
  char name[NAME_SIZE];
  if (!path[0]) return root;
  struct node *folder = folder_of(path, name);
  struct entry *e = folder ? entry_of(folder->now, name) : NULL;
  return e ? e->node : NULL;
}

const char *model_name(const struct node *node) {
  return node->name;
}

static void rename_in(struct node *folder, const char *name, struct node *node) {
  struct renaming *r = must(calloc(1, sizeof *r));
  snprintf(r->name, sizeof r->name, "%s", name);
  r->node = node;
  *folder->renamings_tail = r;
  folder->renamings_tail = &r->next;
  entry_set(folder->now, name, node);
}

struct node *model_create(const char *path, bool folder) {
  char name[NAME_SIZE];
  struct node *parent = folder_of(path, name);
  if (!parent) return NULL;
  struct node *node = node_new(name, folder);
  rename_in(parent, name, node);
  return node;
}

void model_delete(const char *path) {
  char name[NAME_SIZE];
  struct node *parent = folder_of(path, name);
  if (parent && entry_of(parent->now, name)) rename_in(parent, name, NULL);
}

/* Bytes -------------------------------------------------------------------- */

static void put_bytes(struct node *file, uint64_t at, const uint8_t *data, size_t len) {
  size_t end = (size_t)at + len;
  if (end > file->cap) {
    file->cap = end * 2;
    file->bytes = must(realloc(file->bytes, file->cap));
  }
  if (at > file->len) memset(file->bytes + file->len, 0, (size_t)at - file->len);
  if (len) memcpy(file->bytes + at, data, len);
  if (end > file->len) file->len = end;
}

static void set_len(struct node *file, uint64_t len) {
  if (len > file->len) put_bytes(file, len, NULL, 0);
  file->len = (size_t)len;
}

static void add_change(struct node *file, uint64_t at, const void *data, size_t len) {
  struct change *c = must(calloc(1, sizeof *c));
  c->at = at;
  c->len = len;
  if (data) c->data = memcpy(must(malloc(len ? len : 1)), data, len);
  *file->changes_tail = c;
  file->changes_tail = &c->next;
}

void model_write(struct node *file, uint64_t at, const void *data, size_t len) {
  add_change(file, at, data, len);
}

void model_truncate(struct node *file, uint64_t len) {
  add_change(file, len, NULL, 0);
}

static void apply(struct node *file, const struct change *c) {
  if (c->data)
    put_bytes(file, c->at, c->data, c->len);
  else
    set_len(file, c->at);
}

void model_sync(struct node *node) {
  for (struct change *c = node->changes; c; c = c->next) apply(node, c);
  if (node->folder) memcpy(node->safe, node->now, sizeof node->safe);
  forget_changes(node);
}

void model_forget(struct node *node) {
  forget_changes(node);
}

/* Loss --------------------------------------------------------------------- */

static bool chance(uint64_t *random, unsigned percent) {
  return disk_random(random) % 100 < percent;
}

/** Some sectors of the write; the rest is as it was. */
static void tear_between_sectors(struct node *file, const struct change *c, uint64_t *random) {
  for (size_t from = 0; from < c->len;) {
    size_t step = SECTOR - (size_t)((c->at + from) % SECTOR);
    if (step > c->len - from) step = c->len - from;
    if (chance(random, 50)) put_bytes(file, c->at + from, c->data + from, step);
    from += step;
  }
}

static void tear_in_a_sector(struct node *file, const struct change *c, uint64_t *random) {
  size_t cut = 1 + (size_t)(disk_random(random) % (c->len - 1));
  if (chance(random, 70))
    put_bytes(file, c->at, c->data, cut);
  else
    put_bytes(file, c->at + cut, c->data + cut, c->len - cut);
}

static enum disk_fate pick_fate(const struct change *c, uint64_t *random) {
  unsigned dice = (unsigned)(disk_random(random) % 100);
  if (!c->data) return dice < 50 ? FATE_TRUNCATION_KEPT : FATE_TRUNCATION_DROPPED;
  if (dice < 40) return FATE_WRITE_KEPT;
  if (dice < 65) return FATE_WRITE_DROPPED;
  if (c->len > SECTOR && dice < 85) return FATE_WRITE_TORN_BETWEEN_SECTORS;
  return c->len > 1 ? FATE_WRITE_TORN_IN_A_SECTOR : FATE_WRITE_KEPT;
}

static void meet_fate(struct node *file, const struct change *c, uint64_t *random, uint64_t fates[FATES]) {
  enum disk_fate fate = pick_fate(c, random);
  fates[fate]++;
  if (fate == FATE_WRITE_KEPT || fate == FATE_TRUNCATION_KEPT) apply(file, c);
  if (fate == FATE_WRITE_TORN_BETWEEN_SECTORS) tear_between_sectors(file, c, random);
  if (fate == FATE_WRITE_TORN_IN_A_SECTOR) tear_in_a_sector(file, c, random);
}

static void lose_bytes(struct node *file, uint64_t *random, uint64_t fates[FATES]) {
  size_t count = 0;
  for (struct change *c = file->changes; c; c = c->next) count++;
  const struct change **order = must(calloc(count ? count : 1, sizeof *order));
  size_t n = 0;
  for (struct change *c = file->changes; c; c = c->next) order[n++] = c;
  if (count > 1 && chance(random, 50)) {
    fates[FATE_WRITES_REORDERED]++;
    for (size_t i = count - 1; i > 0; i--) {
      size_t j = (size_t)(disk_random(random) % (i + 1));
      const struct change *kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
  }
  for (size_t i = 0; i < count; i++) meet_fate(file, order[i], random, fates);
  free(order);
}

static void lose_names(struct node *folder, uint64_t *random, uint64_t fates[FATES]) {
  for (struct renaming *r = folder->renamings; r; r = r->next) {
    bool kept = chance(random, 50);
    if (r->node)
      fates[kept ? FATE_NEW_NAME_KEPT : FATE_NEW_NAME_DROPPED]++;
    else
      fates[kept ? FATE_DELETION_KEPT : FATE_DELETION_DROPPED]++;
    if (!kept) continue;
    if (r->node || entry_of(folder->safe, r->name)) entry_set(folder->safe, r->name, r->node);
  }
  memcpy(folder->now, folder->safe, sizeof folder->now);
}

static void write_out(const struct node *file, const char *path) {
  int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  size_t done = 0;
  if (fd < 0) abort();
  while (done < file->len) {
    ssize_t n = syscall(SYS_write, fd, file->bytes + done, file->len - done);
    if (n <= 0) abort();
    done += (size_t)n;
  }
  syscall(SYS_close, fd);
}

static void lose(struct node *node, const char *path, uint64_t *random, uint64_t fates[FATES]) {
  if (!node->folder) {
    lose_bytes(node, random, fates);
    forget_changes(node);
    write_out(node, path);
    return;
  }
  lose_names(node, random, fates);
  forget_changes(node);
  for (size_t i = 0; i < ENTRIES; i++) {
    struct node *child = node->now[i].node;
    char below[512];
    if (!child) continue;
    snprintf(below, sizeof below, "%s/%s", path, node->now[i].name);
    if (child->folder && syscall(SYS_mkdirat, AT_FDCWD, below, 0700) != 0) abort();
    lose(child, below, random, fates);
  }
}

void model_lose(const char *path, uint64_t *random, uint64_t fates[FATES]) {
  lose(root, path, random, fates);
}
