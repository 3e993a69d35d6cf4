/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_RAW_ANSWER_H
#define YOKE_NET_RAW_ANSWER_H

/*
 * Answers beside evhttp, which must not see the request. Best effort: what the
 * socket's buffer, which is empty here, does not take is not sent.
 */

/** {"detail": @detail}; without memory for that, 503 and a text that says so. */
void raw_answer(int fd, int status, const char *detail);
/** Needs no memory itself. */
void raw_answer_no_memory(int fd);

#endif
