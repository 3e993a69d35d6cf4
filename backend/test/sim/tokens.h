/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_SIM_TOKENS_H
#define YOKE_TEST_SIM_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yata.h>

/*
 * A model of the rooms' texts that knows nothing of Yjs: a set. Every character that anybody types exists once, so
 * whether a text is right can be told character by character.
 */
struct token {
  size_t room;
  bool sure_in, acked_in; /* sure: whoever typed it has not vanished before it was acknowledged */
  bool tried_out, acked_out;
  unsigned sure_outs; /* deletions by those who have not vanished before the acknowledgement */
};

struct tokens {
  struct token *all;
  size_t count, cap;
};

/* A character of a text: which token, and where it begins in UTF-16 units. */
struct spot {
  uint32_t token; /* UINT32_MAX: none of ours */
  uint32_t at_utf16;
};

struct spots {
  struct spot *all; /* in the order of the text */
  size_t count;
  uint32_t length_utf16;
};

#define TOKEN_UTF8_MAX 4

void tokens_deinit(struct tokens *t);
/** A character never seen before; sure_in. */
uint32_t tokens_make(struct tokens *t, size_t room);
/** Its UTF-8; returns the length. Every eighth is outside of the basic plane. */
size_t token_utf8(uint32_t token, char out[TOKEN_UTF8_MAX]);

/** Take a text apart; *out is the caller's to free(). */
void tokens_read(const uint8_t *text, size_t len, struct spots *out);

/**
 * Is the text of the room what it must be? @complete: all who have not vanished have sent and received everything.
 * Returns false and says why.
 */
bool tokens_check(const struct tokens *t, size_t room, const struct spots *text, bool complete, char *why, size_t size);

#endif
