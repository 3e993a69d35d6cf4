# SPDX-License-Identifier: MIT
"""Yjs documents in Python, through ctypes and libyata.

    doc = yata.Doc(client_id=7)
    text = doc.text("notes")
    with doc.transaction():
        text.insert(0, "hello")
    update = doc.encode()

Positions and lengths are UTF-16 units, as in Yjs: for text beyond the Basic Multilingual Plane they differ from
Python's. A Doc is for one thread at a time.
"""

import contextlib
import ctypes
import os
from ctypes import POINTER, byref, c_bool, c_char_p, c_int, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p


class Error(Exception):
    """What libyata said: the number is in `code`."""

    def __init__(self, code):
        super().__init__(_lib.yata_strerror(code).decode())
        self.code = code


class _Type(ctypes.Structure):
    _fields_ = [("slot", c_uint32), ("generation", c_uint32)]


class _Buf(ctypes.Structure):
    _fields_ = [("data", POINTER(c_uint8)), ("len", c_size_t), ("cap", c_size_t), ("alloc", c_void_p)]

    def take(self):
        """What it holds, as bytes; then it is freed."""
        data = ctypes.string_at(self.data, self.len) if self.len else b""
        _lib.yata_buf_deinit(byref(self))
        return data


class _Options(ctypes.Structure):
    _fields_ = [("client_id", c_uint64), ("keep_deleted", c_bool), ("alloc", c_void_p),
                ("max_pending_bytes", c_size_t), ("max_nesting", c_uint32), ("max_steps", c_uint64),
                ("max_output_bytes", c_size_t)]


def _load():
    """The library that YATA_LIBRARY names, or the one that is installed."""
    lib = ctypes.CDLL(os.environ.get("YATA_LIBRARY", "libyata.so.0"))
    doc, buf = c_void_p, POINTER(_Buf)
    signatures = {
        "yata_doc_create": [POINTER(_Options), POINTER(doc)],
        "yata_text": [doc, c_char_p, POINTER(_Type)],
        "yata_text_insert": [doc, _Type, c_uint32, c_char_p, c_size_t],
        "yata_text_delete": [doc, _Type, c_uint32, c_uint32],
        "yata_text_read": [doc, _Type, buf],
        "yata_text_length": [doc, _Type, POINTER(c_uint32)],
        "yata_txn_begin": [doc],
        "yata_txn_commit": [doc, buf],
        "yata_apply_update": [doc, c_char_p, c_size_t, c_void_p],
        "yata_apply_update_v2": [doc, c_char_p, c_size_t, c_void_p],
        "yata_encode_state_vector": [doc, buf],
        "yata_encode_state_as_update": [doc, c_char_p, c_size_t, buf],
        "yata_update_detect": [c_char_p, c_size_t],
        "yata_to_json": [doc, _Type, buf],
    }
    for name, arguments in signatures.items():
        function = getattr(lib, name)
        function.argtypes, function.restype = arguments, c_int
    lib.yata_strerror.argtypes, lib.yata_strerror.restype = [c_int], c_char_p
    for name, arguments in (("yata_doc_destroy", [doc]), ("yata_txn_abort", [doc]), ("yata_buf_deinit", [buf])):
        function = getattr(lib, name)
        function.argtypes, function.restype = arguments, None
    return lib


_lib = _load()


def _call(name, *args):
    code = getattr(_lib, name)(*args)
    if code < 0:
        raise Error(code)
    return code


class Text:
    """A shared text of a document."""

    def __init__(self, doc, handle):
        self._doc = doc
        self._handle = handle

    def insert(self, index, text):
        data = text.encode()
        _call("yata_text_insert", self._doc.pointer, self._handle, index, data, len(data))

    def delete(self, index, count):
        _call("yata_text_delete", self._doc.pointer, self._handle, index, count)

    def __len__(self):
        length = c_uint32()
        _call("yata_text_length", self._doc.pointer, self._handle, byref(length))
        return length.value

    def __str__(self):
        out = _Buf()
        _call("yata_text_read", self._doc.pointer, self._handle, byref(out))
        return out.take().decode()


class Doc:
    """A Yjs document: a replica that is edited, and takes and gives updates."""

    def __init__(self, client_id):
        options = _Options(client_id=client_id)
        self.pointer = c_void_p()
        _call("yata_doc_create", byref(options), byref(self.pointer))

    def close(self):
        _lib.yata_doc_destroy(self.pointer)
        self.pointer = None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def text(self, name):
        """The root text of that name."""
        handle = _Type()
        _call("yata_text", self.pointer, name.encode(), byref(handle))
        return Text(self, handle)

    @contextlib.contextmanager
    def transaction(self):
        """What is edited within is one update. An exception takes all of it back."""
        _call("yata_txn_begin", self.pointer)
        try:
            yield
            _call("yata_txn_commit", self.pointer, None)
        except BaseException:
            _lib.yata_txn_abort(self.pointer)
            raise

    def apply(self, update):
        """Take an update, in either version of the encoding."""
        version = _call("yata_update_detect", update, len(update))
        _call("yata_apply_update_v2" if version == 2 else "yata_apply_update", self.pointer, update, len(update), None)

    def state_vector(self):
        out = _Buf()
        _call("yata_encode_state_vector", self.pointer, byref(out))
        return out.take()

    def encode(self, state_vector=None):
        """All that a replica with this state vector lacks; without one, everything."""
        out = _Buf()
        _call("yata_encode_state_as_update", self.pointer, state_vector, len(state_vector or b""), byref(out))
        return out.take()

    def json(self):
        """The whole document as JSON text."""
        out = _Buf()
        _call("yata_to_json", self.pointer, _Type(), byref(out))
        return out.take().decode()
