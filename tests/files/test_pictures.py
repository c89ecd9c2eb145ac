"""Pictures are drawn anew: upright, small, and without anything beside the picture."""

import io
import subprocess
import sys

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from portal.files.pictures import LONG_SIDE, MOST_PIXELS_WHOLE, PictureTooLarge, draw_anew
from portal.files.recognising import Damaged
from tests.files import material


def drawn(data):
    target = io.BytesIO()
    result = draw_anew(io.BytesIO(data), target, "ภาพ")
    image = Image.open(io.BytesIO(target.getvalue()))
    image.load()
    assert image.size == (result.width, result.height)
    assert Image.MIME[image.format] == result.media_type
    return image, target.getvalue()


def test_where_and_with_what_a_photograph_was_taken_is_gone():
    before = material.photograph()
    assert b"CameraMaker" in before
    image, after = drawn(before)
    assert not image.getexif()
    assert not set(image.info) & {"exif", "icc_profile", "comment", "xmp", "photoshop"}
    for trace in (b"CameraMaker", b"secret comment", b"Exif", b"GPS"):
        assert trace not in after


@pytest.mark.parametrize(
    ("orientation", "red_is_at"),
    [
        (1, "left"),
        (2, "right"),
        (3, "right"),
        (4, "left"),
        (5, "top"),
        (6, "top"),
        (7, "bottom"),
        (8, "bottom"),
    ],
)
def test_a_photograph_stands_upright_however_the_camera_was_held(orientation, red_is_at):
    image, _ = drawn(material.photograph((64, 48), orientation))
    assert image.size == ((64, 48) if orientation < 5 else (48, 64))
    width, height = image.size
    places = {
        "left": (4, height // 2), "right": (width - 4, height // 2), "top": (width // 2, 4), "bottom": (width // 2, height - 4),
    }  # fmt: skip
    red, _green, blue = image.getpixel(places[red_is_at])
    assert red > 200 > 60 > blue


def test_a_large_photograph_is_made_small_in_its_proportions():
    image, after = drawn(material.photograph((4000, 3000)))
    assert image.size == (LONG_SIDE, 1500)
    assert len(after) < 500_000


def test_a_turned_large_photograph_too():
    image, _ = drawn(material.photograph((4000, 3000), 6))
    assert image.size == (1500, LONG_SIDE)


def test_a_small_picture_keeps_its_size_and_a_drawing_every_pixel():
    before = Image.effect_noise((120, 80), 60)
    made = io.BytesIO()
    before.save(made, "PNG")
    image, _ = drawn(made.getvalue())
    assert image.tobytes() == before.tobytes()


def test_the_same_photograph_becomes_the_same_bytes():
    assert drawn(material.photograph((900, 600)))[1] == drawn(material.photograph((900, 600)))[1]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_can_be_shown(mode):
    image, _ = drawn(
        material.picture("PNG", mode=mode, colour=0 if mode in ("1", "L", "P", "I;16") else None)
    )
    assert image.format == "PNG"
    assert image.mode == {"LA": "RGBA", "I;16": "L"}.get(mode, mode)


def test_a_drawing_of_few_colours_stays_small_and_a_large_one_is_scaled_smoothly():
    drawing = Image.effect_noise((600, 400), 90).quantize(16)
    before = io.BytesIO()
    drawing.save(before, "PNG", optimize=True)
    image, after = drawn(before.getvalue())
    assert image.convert("RGB").tobytes() == drawing.convert("RGB").tobytes()
    assert len(after) <= len(before.getvalue())
    large = drawn(material.picture("PNG", mode="P", size=(3000, 1500), colour=0))[0]
    assert (large.mode, large.size) == ("RGB", (2000, 1000))


def test_a_picture_in_the_colours_of_print_is_shown_in_those_of_the_screen():
    image, _ = drawn(material.picture("JPEG", mode="CMYK", colour=(0, 255, 255, 0)))
    assert image.mode == "RGB"
    red, green, blue = image.getpixel((5, 5))
    assert red > 200
    assert max(green, blue) < 60


def test_what_can_be_seen_through_stays_so():
    image, _ = drawn(material.picture("PNG", mode="RGBA", colour=(255, 0, 0, 0)))
    assert image.getpixel((3, 3))[3] == 0


def test_a_webp_becomes_what_an_old_phone_can_show():
    assert drawn(material.picture("WEBP"))[0].format == "JPEG"
    assert drawn(material.picture("WEBP", mode="RGBA", colour=(1, 2, 3, 90)))[0].format == "PNG"


def test_of_an_animation_the_first_picture_stays():
    made = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    frames[0].save(made, "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0)
    image, _ = drawn(made.getvalue())
    assert image.format == "PNG"
    assert getattr(image, "n_frames", 1) == 1
    assert image.convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_a_picture_with_its_own_colours_is_turned_into_those_of_the_screen():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    for icc in (
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        profile.tobytes(),
        b"broken",
    ):
        image, _ = drawn(material.picture("JPEG", icc_profile=icc))
        assert "icc_profile" not in image.info
        assert image.mode == "RGB"


def test_what_was_hidden_behind_or_inside_the_picture_is_gone():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "<script>alert(1)</script>")
    notes.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>where it was</x:xmpmeta>")
    for form, more in (
        ("PNG", {"pnginfo": notes}),
        ("GIF", {"comment": b"<script>alert(1)</script>"}),
        ("JPEG", {}),
    ):
        _, after = drawn(material.picture(form, **more) + b"<script>alert(2)</script>" + material.office())
        assert b"script" not in after
        assert b"xmp" not in after
        assert b"PK\x03\x04" not in after


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_that_was_cut_off_is_damaged(form):
    data = material.picture(form, size=(300, 300), colour="red")
    with pytest.raises(Damaged):
        drawn(data[: len(data) // 2])


def test_a_picture_with_broken_notes_is_still_a_picture():
    data = material.photograph((64, 48), 6)
    at = data.index(b"Exif\0\0")
    image, _ = drawn(data[: at + 6] + b"\xff" * 30 + data[at + 36 :])
    assert image.width


def test_a_bomb_of_pixels_is_refused_before_it_is_unpacked():
    with pytest.raises(PictureTooLarge):
        drawn(material.huge_png(60_000, 60_000))
    with pytest.raises(PictureTooLarge):
        drawn(material.huge_png(10_000, MOST_PIXELS_WHOLE // 10_000 + 1))


def test_a_progressive_photograph_of_many_pixels_is_refused_a_plain_one_taken(tmp_path):
    size = (9000, 6000)  # 54 megapixels
    flat = Image.new("L", size, 90)
    plain, progressive = io.BytesIO(), io.BytesIO()
    flat.save(plain, "JPEG", quality=30)
    flat.save(progressive, "JPEG", quality=30, progressive=True)
    assert drawn(plain.getvalue())[0].size == (2000, 1333)
    with pytest.raises(PictureTooLarge):
        drawn(progressive.getvalue())


MEASURE = """
import io, resource, sys
from PIL import Image
from portal.files.pictures import draw_anew
data = open(sys.argv[1], "rb").read()
draw_anew(io.BytesIO(open(sys.argv[2], "rb").read()), io.BytesIO(), "warm")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
draw_anew(io.BytesIO(data), io.BytesIO(), "x")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_photograph_of_forty_megapixels_needs_little_memory(tmp_path):
    large, small = tmp_path / "large.jpg", tmp_path / "small.jpg"
    Image.effect_noise((7300, 5500), 40).convert("RGB").save(large, "JPEG", quality=60)
    small.write_bytes(material.photograph())
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, large, small], capture_output=True, text=True, check=True
    )
    megabytes = int(run.stdout) / 1024
    # All its pixels at once would be 120 MB, and twice that while they are turned.
    assert megabytes < 60
