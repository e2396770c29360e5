"""Gradio's pages, but for what they would read: files that were uploaded to the very page, and nothing else."""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.exceptions import InvalidPathError
from gradio.state_holder import SessionState
from gradio_client.utils import is_file_obj_with_meta, traverse

# Whoever takes an upload copies it at once. What is left over, such as a file that nobody sent, goes after so long.
_LOOK_SECONDS, _KEPT_SECONDS = 600, 3_600


def whole_characters(text: str) -> str:
    """Text without halves of characters, as an emoji leaves that was cut: what holds one can be neither sent nor shown."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class OwnFiles(gr.Blocks):
    """Blocks whose events take no file but those that were uploaded to them, which last an hour.

    Gradio copies whatever file or address an event's data names into a folder that it serves, and looks where the file
    lies only in an application that it has started itself, which a mounted one is not.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401
        super().__init__(delete_cache=(_LOOK_SECONDS, _KEPT_SECONDS), **options)

    async def preprocess_data(
        self, block_fn: BlockFunction, inputs: list[Any], state: SessionState | None, explicit_call: bool = False
    ) -> list[Any]:
        """What the function of an event is given.

        Raises:
            InvalidPathError: the data names a file that was not uploaded here.
        """
        traverse(inputs, self._check, is_file_obj_with_meta)
        texts = traverse(inputs, whole_characters, lambda value: isinstance(value, str))
        given: list[Any] = await super().preprocess_data(block_fn, texts, state, explicit_call)
        return given

    def _check(self, file: dict[str, Any]) -> dict[str, Any]:
        if file["path"] not in self.upload_file_set:
            raise InvalidPathError("expected a file that was uploaded to this page; choose it again")
        return file
