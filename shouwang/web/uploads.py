"""How large an upload may be: asked before anything of it is kept, of what is announced and of what really comes."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

#: The largest request with a file in it, whatever page it is for; pages set their own limits below it.
LARGEST_REQUEST = 65 << 20


class LimitedUploads(FileUploadHandler):
    """First of the handlers: reads a body that is too large to its end and keeps none of it."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *_: Any, **__: Any) -> None:
        self.announced, self.came = content_length, 0
        if content_length > LARGEST_REQUEST:
            _mark(self.request)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.announced > LARGEST_REQUEST:
            raise StopUpload(connection_reset=False)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.came += len(raw_data)
        if self.came > LARGEST_REQUEST:
            _mark(self.request)
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers after this one keep the file."""


def too_large(request: HttpRequest, limit: int) -> bool:
    """Whether the upload of a request was too large, and so was not kept."""
    files = request.FILES  # reading them is what runs the handlers
    return getattr(request, "upload_too_large", False) or any(file.size > limit for file in files.values())


def _mark(request: Any) -> None:
    request.upload_too_large = True
