/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ASSIST_LEX_FRAME_H
#define YOKE_ASSIST_LEX_FRAME_H

/* Strings that hold code: the lexer goes to and fro between their text and their fields. */
#include "assist/lex.h"

/** Read text up to the next field or the string's end, as a token from @start on. Returns true. */
bool lex_frame_text(struct lex *lex, struct token *token, size_t start);

/**
 * Look at pos, in a field's code: count brackets, and go back to the text where a field
 * ends. Returns true if that made a token.
 */
bool lex_frame_code(struct lex *lex, struct token *token);

/** A line ends in code: strings of one line end with it. */
void lex_frame_end_line(struct lex *lex);

#endif
