/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_DISK_MODEL_H
#define YOKE_TEST_DISK_MODEL_H

#include <stddef.h>

#include "disk.h"

/* What is safe on the disk and what was done since: files and folders, without the calls. Not thread-safe. */
struct node;

enum { NAME_SIZE = 64 };

struct node *model_root(void); /* made anew, empty; everything there was before is freed */
void model_free(void);

/** By a path below the root ("a/b"), "" is the root; NULL: no such thing. */
struct node *model_find(const char *path);
const char *model_name(const struct node *node);

struct node *model_create(const char *path, bool folder); /* NULL: its folder is not there */
void model_delete(const char *path);
void model_write(struct node *file, uint64_t at, const void *data, size_t len);
void model_truncate(struct node *file, uint64_t len);
void model_sync(struct node *node); /* a file's bytes, a folder's names */
/** What is not safe yet never will be: after a failed fsync the system takes its pages for clean. */
void model_forget(struct node *node);

/** Decide what was left by a loss of power, make it what is safe, and write it below @root, an empty folder. */
void model_lose(const char *root, uint64_t *random, uint64_t fates[FATES]);

#endif
