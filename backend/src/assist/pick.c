/* SPDX-License-Identifier: MIT */
#include "assist/pick.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DETAIL_MAX_BYTES 48
#define NEW_NAME "name" /* stands where no name has been typed yet */
#define NEW_NAME_STOP "${1:name}"

/* A total order, so that equal input gives equal output. Negative: a is better. */
static int compare(const struct pick *a, const struct pick *b) {
  if (a->score != b->score) return a->score > b->score ? -1 : 1;
  if (a->nearest != b->nearest) return a->nearest < b->nearest ? -1 : 1;
  if (a->label_len != b->label_len) return a->label_len < b->label_len ? -1 : 1;
  int order = a->label_len > 0 ? memcmp(a->label, b->label, a->label_len) : 0;
  return order != 0 ? order : a->kind - b->kind;
}

/* Put @pick in at @at or above, where its parents are worse. */
static void sift_up(struct pick *items, size_t at, const struct pick *pick) {
  for (; at > 0 && compare(pick, &items[(at - 1) / 2]) > 0; at = (at - 1) / 2) items[at] = items[(at - 1) / 2];
  items[at] = *pick;
}

/* Put @pick in at the top or below, where its children are better. */
static void sift_down(struct pick *items, size_t count, const struct pick *pick) {
  size_t at = 0;
  for (;;) {
    size_t child = 2 * at + 1;
    if (child + 1 < count && compare(&items[child + 1], &items[child]) > 0) child++;
    if (child >= count || compare(&items[child], pick) < 0) break;
    items[at] = items[child];
    at = child;
  }
  items[at] = *pick;
}

void picks_add(struct picks *picks, const struct pick *pick) {
  if (picks->count < ASSIST_SUGGESTIONS_MAX)
    sift_up(picks->items, picks->count++, pick);
  else if (compare(pick, &picks->items[0]) < 0)
    sift_down(picks->items, picks->count, pick);
}

void picks_sort(struct picks *picks) {
  for (size_t left = picks->count; left > 1; left--) {
    struct pick worst = picks->items[0];
    struct pick last = picks->items[left - 1];
    sift_down(picks->items, left - 1, &last);
    picks->items[left - 1] = worst;
  }
}

/* A writer that measures first (to is NULL) and copies then. */
struct writer {
  char *to;
  size_t used;
};

static void put(struct writer *writer, const char *text, size_t len) {
  if (writer->to != NULL) memcpy(writer->to + writer->used, text, len);
  writer->used += len;
}

static const char *end_text(struct writer *writer, size_t start) {
  put(writer, "", 1);
  return writer->to != NULL ? writer->to + start : "";
}

static const char *put_label(struct writer *writer, const struct pick *pick) {
  size_t start = writer->used;
  if (pick->label_len > 0)
    put(writer, pick->label, pick->label_len);
  else
    put(writer, NEW_NAME, strlen(NEW_NAME));
  put(writer, pick->tail, strlen(pick->tail));
  return end_text(writer, start);
}

/* In a snippet, $ } and \ have a meaning. */
static void put_escaped(struct writer *writer, const char *text, size_t len) {
  for (size_t i = 0; i < len; i++) {
    if (text[i] == '$' || text[i] == '}' || text[i] == '\\') put(writer, "\\", 1);
    put(writer, &text[i], 1);
  }
}

static const char *put_insert(struct writer *writer, const struct pick *pick, const char *label) {
  if (pick->body == NULL) return label;
  if (!pick->declares) return pick->body;
  size_t start = writer->used;
  if (pick->label_len > 0)
    put_escaped(writer, pick->label, pick->label_len);
  else
    put(writer, NEW_NAME_STOP, strlen(NEW_NAME_STOP));
  put(writer, pick->body, strlen(pick->body));
  return end_text(writer, start);
}

static const char *put_detail(struct writer *writer, const struct pick *pick) {
  if (pick->uses == 0) return pick->detail;
  char text[DETAIL_MAX_BYTES];
  const char *joint = pick->detail[0] != '\0' ? ", " : "";
  if (pick->uses == 1)
    snprintf(text, sizeof text, "%s%sused once", pick->detail, joint);
  else
    snprintf(text, sizeof text, "%s%sused %u times", pick->detail, joint, pick->uses);
  size_t start = writer->used;
  put(writer, text, strlen(text));
  return end_text(writer, start);
}

static void put_items(struct writer *writer, const struct picks *picks, struct assist_suggestion *items) {
  for (size_t i = 0; i < picks->count; i++) {
    const struct pick *pick = &picks->items[i];
    struct assist_suggestion item = {.kind = (enum assist_kind)pick->kind};
    item.label = put_label(writer, pick);
    item.insert_text = put_insert(writer, pick, item.label);
    item.detail = put_detail(writer, pick);
    if (items != NULL) items[i] = item;
  }
}

int picks_give_list(const struct picks *picks, struct assist_list *out) {
  struct assist_list list = {.count = picks->count};
  if (picks->count > 0) {
    struct writer measure = {0};
    put_items(&measure, picks, NULL);
    size_t items_bytes = picks->count * sizeof *list.items;
    list.items = malloc(items_bytes + measure.used);
    if (list.items == NULL) return ERR_NOMEM;
    struct writer copy = {.to = (char *)list.items + items_bytes};
    put_items(&copy, picks, list.items);
  }
  *out = list;
  return 0;
}
