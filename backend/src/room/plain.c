/* SPDX-License-Identifier: MIT */
/*
 * Plain-text members. A text message is the whole new text, edited from some
 * text that the client had on its screen: what it sent last, or one that it was
 * sent since. "Since" is as the client sees it: behind each text goes a ping,
 * and a text whose pong has not come when a message comes was still on its way.
 * Of those texts the one that needs the smallest edit is the base, and the edit
 * is moved onto the text as it is now, so nobody's typing is erased.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/utf8.h"
#include "room/state.h"

#define COMPARE_EFFORT_MAX ((size_t)8 << 20) /* some 10 ms */

static void forget_base(struct plain *p, size_t at) {
  blob_unref(p->bases[at].text);
  p->base_count--;
  memmove(&p->bases[at], &p->bases[at + 1], (p->base_count - at) * sizeof *p->bases);
}

static size_t base_bytes(const struct plain *p) {
  size_t bytes = 0;
  for (size_t i = 0; i < p->base_count; i++) bytes += p->bases[i].text->len;
  return bytes;
}

static void remember_base(struct plain *p, size_t at, const struct plain_base *base) {
  if (p->base_count == PLAIN_BASES_MAX) forget_base(p, 1);
  while (p->base_count > 2 && base_bytes(p) + base->text->len > PLAIN_BASES_BYTES_MAX) forget_base(p, 1);
  if (at > p->base_count) at = p->base_count;
  memmove(&p->bases[at + 1], &p->bases[at], (p->base_count - at) * sizeof *p->bases);
  p->bases[at] = *base;
  blob_ref(base->text);
  p->base_count++;
}

static struct blob *main_text(struct room *room) {
  struct buf text = BUF_INIT;
  struct blob *blob = NULL;
  if (room_main_text(room, &text) == 0) blob = blob_create(text.data, text.len);
  buf_deinit(&text);
  return blob;
}

static void send_text(struct member *member, struct blob *text) {
  struct plain *p = &member->plain;
  uint32_t number = ++p->number;
  member_send(member, WS_TEXT, text->data, text->len);
  member_send(member, WS_PING, &number, sizeof number);
  remember_base(p, p->base_count, &(struct plain_base){.text = text, .number = number});
}

void plain_on_pong(struct member *member, const uint8_t *data, size_t len) {
  struct plain *p = &member->plain;
  uint32_t number;
  if (len != sizeof number) return; /* not an answer to ours */
  memcpy(&number, data, sizeof number);
  for (size_t i = 0; i < p->base_count; i++)
    if (p->bases[i].number == number) p->bases[i].read = true;
}

int plain_join(struct member *member) {
  member->plain.bases = calloc(PLAIN_BASES_MAX, sizeof *member->plain.bases);
  struct blob *text = member->plain.bases ? main_text(member->room) : NULL;
  if (!text) return ERR_NOMEM;
  send_text(member, text);
  member->bulk_bytes += text->len;
  blob_unref(text);
  return 0;
}

void plain_leave(struct member *member) {
  while (member->plain.base_count > 0) forget_base(&member->plain, member->plain.base_count - 1);
  free(member->plain.bases);
  member->plain.bases = NULL;
}

void plain_drained(struct member *member) {
  if (!member->plain.late) return;
  member->plain.late = false;
  member->room->text_changed = true;
  room_mark_dirty(member->room);
}

static bool same(const struct blob *a, const struct blob *b) {
  return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

void plain_flush(struct room *room) {
  struct blob *text = NULL;
  for (struct member *member = room->members, *next; member; member = next) {
    next = member->next;
    if (member->kind != MEMBER_PLAIN || member->closing) continue;
    if (!text && !(text = main_text(room))) {
      room_close_members(room, WS_CLOSE_INTERNAL, "the server is out of memory");
      return;
    }
    struct plain *p = &member->plain;
    if (member->outbox.bytes > 0) {
      p->late = true; /* a slow reader gets the text as it is then */
      continue;
    }
    if (p->base_count == 0 || !same(p->bases[p->base_count - 1].text, text)) send_text(member, text);
  }
  blob_unref(text);
}

/* What a comparison took, roughly: it looks at each byte, and edits grow dear with their square. */
static size_t effort(size_t bytes, size_t edit_size) {
  size_t dear = edit_size < 2048 ? edit_size : 2048;
  return bytes / 8 + dear * dear;
}

/*
 * The base from which @ours is the smallest edit. What it deletes counts first:
 * where two people typed alike, the sum of both would prefer to turn the other's
 * text into ours over adding ours to it. When that takes too long, the older
 * bases are left out, but for the first: most often it is what the client sent.
 */
static struct blob *choose_base(const struct plain *p, const struct buf *ours) {
  struct blob *best = NULL;
  size_t best_gone = SIZE_MAX, best_size = SIZE_MAX, spent = 0;
  for (size_t i = p->base_count; i-- > 0;) {
    struct text_edits edits = {0};
    const struct blob *base = p->bases[i].text;
    if (textdiff(base->data, base->len, ours->data, ours->len, &edits) == 0) {
      size_t gone = 0, size = text_edits_size(&edits);
      for (size_t e = 0; e < edits.count; e++) gone += edits.items[e].del;
      if (gone < best_gone || (gone == best_gone && size < best_size)) {
        best = p->bases[i].text;
        best_gone = gone;
        best_size = size;
      }
      spent += effort(base->len + ours->len, size);
    }
    text_edits_deinit(&edits);
    if (spent > COMPARE_EFFORT_MAX && i > 1) i = 1;
  }
  return best;
}

static int replace_text(struct member *member, const struct blob *base, const struct buf *ours, uint64_t unix_ms) {
  struct room *room = member->room;
  struct document_files files = {0};
  struct buf current = BUF_INIT, update = BUF_INIT;
  struct text_edits edits = {0};
  int err = room_admit(room, ours->len);
  if (!err) err = document_files(&room->document, (size_t)room->registry->limits->path_max_bytes, &files);
  const struct document_file *file = err ? NULL : document_main(&files);
  if (!err && file) {
    err = document_read_text(&room->document, file->text, &current);
    if (!err) err = textdiff_rebase(base->data, base->len, ours->data, ours->len, current.data, current.len, &edits);
    if (!err)
      err = document_edit_text(&room->document, file->text, current.data, current.len, ours->data, &edits, &update);
  } else if (!err) {
    err = document_add_file(&room->document, "main.txt", "", ours->data, ours->len, true, &update);
  }
  if (!err) err = room_publish(room, member->name, update.data, update.len, unix_ms);
  text_edits_deinit(&edits);
  buf_deinit(&update);
  buf_deinit(&current);
  document_files_deinit(&files);
  return err;
}

void plain_on_text(struct member *member, const uint8_t *text, size_t len, uint64_t unix_ms) {
  struct plain *p = &member->plain;
  struct buf ours = BUF_INIT;
  int err = utf8_append_lf(&ours, text, len);
  struct blob *sent = err ? NULL : blob_create(ours.data, ours.len);
  struct blob *base = sent ? choose_base(p, &ours) : NULL;
  if (!base) err = ERR_NOMEM;
  if (!err) err = replace_text(member, base, &ours, unix_ms);
  buf_deinit(&ours);
  if (err) {
    blob_unref(sent);
    uint16_t code = err == ERR_TOO_LARGE     ? ROOM_CLOSE_TOO_LARGE
                    : err == ERR_UNAVAILABLE ? WS_CLOSE_TRY_LATER
                                             : WS_CLOSE_INTERNAL;
    member_close(member, code,
                 err == ERR_TOO_LARGE     ? "the room would grow past document_max_bytes"
                 : err == ERR_UNAVAILABLE ? "the database is not taking edits and the server's backlog is full"
                                          : err_text(err));
    return;
  }
  for (size_t i = p->base_count; i-- > 0;)
    if (p->bases[i].read) forget_base(p, i);
  /* Texts still on their way come onto its screen after this one. */
  remember_base(p, 0, &(struct plain_base){.text = sent, .read = true});
  blob_unref(sent);
  member->room->text_changed = true; /* the sender is told where the result differs */
  room_mark_dirty(member->room);
}
