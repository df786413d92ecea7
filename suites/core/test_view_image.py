"""The tool `view_image`: which files are shown, and what is said of the others."""

import os
from base64 import b64encode
from pathlib import Path

import pytest

from codex_core.protocol.events import ViewImageToolCall
from codex_core.protocol.items import InputImage, InputText
from codex_core.tools import view_image
from codex_core.tools.view_image import ViewImage
from suites.core.fakes import DEEP
from suites.core.patching import FileBench

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR....\0\0\0\0IEND\xaeB`\x82"
IMAGES = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0....\xff\xd9",
    "image/gif": b"GIF89a\1\0\1\0\0\0\0,....\x3b",
    "image/webp": b"RIFF\x08\0\0\0WEBPVP8 ",
}
OMITTED = (InputText(text="image content omitted because it could not be processed"),)


@pytest.mark.parametrize("kind", IMAGES)
async def test_an_image_is_shown_as_it_is(tmp_path: Path, kind: str) -> None:
    """One part with a data URL; clients are told the path."""
    bench = FileBench(tmp_path)
    (tmp_path / "picture").write_bytes(IMAGES[kind])
    url = f"data:{kind};base64,{b64encode(IMAGES[kind]).decode()}"
    shown = await bench.call(ViewImage(), {"path": "picture"})
    assert shown == (InputImage(image_url=url, detail="high"),)
    assert bench.told == [ViewImageToolCall(call_id="c", path=str(tmp_path / "picture"))]


async def test_the_model_chooses_the_detail(tmp_path: Path) -> None:
    """And may name the file by an absolute path."""
    bench = FileBench(tmp_path)
    (tmp_path / "picture").write_bytes(PNG)
    path = str(tmp_path / "picture")
    answer = await bench.call(ViewImage(), {"path": path, "detail": "original"})
    assert not isinstance(answer, str)
    (shown,) = answer
    assert isinstance(shown, InputImage)
    assert shown.detail == "original"


@pytest.mark.parametrize("data", [b"", b"no image", *(data[:-2] for data in IMAGES.values())])
async def test_what_is_no_whole_image_is_omitted(tmp_path: Path, data: bytes) -> None:
    """The model is told that there is something which cannot be shown."""
    bench = FileBench(tmp_path)
    (tmp_path / "picture").write_bytes(data)
    assert await bench.call(ViewImage(), {"path": "picture"}) == OMITTED


async def test_an_image_that_is_too_large_is_omitted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is the size of the file."""
    bench = FileBench(tmp_path)
    (tmp_path / "picture").write_bytes(PNG)
    monkeypatch.setattr(view_image, "MOST_BYTES", len(PNG))
    assert await bench.call(ViewImage(), {"path": "picture"}) != OMITTED
    monkeypatch.setattr(view_image, "MOST_BYTES", len(PNG) - 1)
    assert await bench.call(ViewImage(), {"path": "picture"}) == OMITTED


async def test_a_missing_image(tmp_path: Path) -> None:
    """The path and the system's reason are told; clients are told nothing."""
    bench = FileBench(tmp_path)
    assert await bench.call(ViewImage(), {"path": "gone"}) == (
        f"unable to locate image at `{tmp_path / 'gone'}`: No such file or directory (os error 2)"
    )
    assert bench.told == []


async def test_what_is_no_file(tmp_path: Path) -> None:
    """A folder, and a pipe that nobody would ever write to."""
    bench = FileBench(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    for name, path in {".": tmp_path, "pipe": tmp_path / "pipe"}.items():
        told = await bench.call(ViewImage(), {"path": name})
        assert told == f"image path `{path}` is not a file"


@pytest.mark.parametrize("path", ["a\0b", "\ud800"])
async def test_a_path_that_no_file_can_have(tmp_path: Path, path: str) -> None:
    """It is answered like any other; nothing is raised."""
    told = await FileBench(tmp_path).call(ViewImage(), {"path": path})
    assert isinstance(told, str)


@pytest.mark.parametrize(
    "arguments", ["", "{}", '{"path": 1}', '{"path": "a", "detail": "low"}', DEEP]
)
async def test_bad_arguments(tmp_path: Path, arguments: str) -> None:
    """The model is told what is wrong with them."""
    told = await FileBench(tmp_path).call(ViewImage(), arguments)
    assert isinstance(told, str)
    assert told.startswith("failed to parse function arguments: ")


def test_images_are_viewed_side_by_side() -> None:
    """Looking changes nothing."""
    assert ViewImage.parallel is True
