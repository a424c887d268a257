"""The uploaded files that Streamlit holds in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager


def held_by_visits() -> Mapping[str, Sequence[int]]:
    """Return the sizes of the files that each visit holds now, by the id of the visit."""
    uploads = Runtime.instance().uploaded_file_mgr if Runtime.exists() else None
    if not isinstance(uploads, MemoryUploadedFileManager):
        return {}
    visits = list(uploads.file_storage.items())
    return {visit: [len(file.data) for file in list(files.values())] for visit, files in visits}
