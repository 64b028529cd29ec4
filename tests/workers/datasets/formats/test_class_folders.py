"""Class folders as people have them: splits in any spelling, any folders around them."""

import io
import unicodedata
import zipfile
from collections.abc import Mapping

import pytest

from tests.workers.datasets.uploads import class_folders, png, prepare, refusal, tarred, zipped


def split_folders(**counts: int) -> dict[str, bytes]:
    """Path → image: in each split so many of two classes."""
    classes = {f"{split}/{kind}": n for split, n in counts.items() for kind in ("cat", "dog")}
    return class_folders(classes)


def below(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{name}": content for name, content in files.items()}


@pytest.mark.parametrize("train", ["train", "Train", "TRAIN", "training"])
@pytest.mark.parametrize("test", ["test", "Testing"])
@pytest.mark.parametrize("validation", ["val", "valid", "Validation", "DEV"])
def test_splits_are_known_by_their_usual_names(train: str, validation: str, test: str) -> None:
    made = prepare(zipped(split_folders(**{train: 4, validation: 2, test: 3})))

    assert made.description.sizes == {"train": 8, "validation": 4, "test": 6}
    assert made.description.split == "given"
    assert made.numbers("validation") == [8, 9, 10, 11]
    assert made.numbers("test") == [12, 13, 14, 15, 16, 17]


@pytest.mark.parametrize(
    "outer", ["animals", "a/b/c", "train", "test", "Animals (2)/dataset v1.0/images"]
)
def test_outer_folders_are_skipped_whatever_they_are_called(outer: str) -> None:
    files = split_folders(train=4, valid=2, test=2)

    made = prepare(zipped(below(outer, files)))

    assert made.dataset.classes == ("cat", "dog")
    assert made.description.sizes == {"train": 8, "validation": 4, "test": 4}
    assert made.description.sha256 == prepare(zipped(files)).description.sha256


def test_folders_between_splits_and_classes_are_skipped() -> None:
    classes = {f"{split}/images/{kind}": 4 for split in ("train", "test") for kind in ("a", "b")}

    assert prepare(zipped(class_folders(classes))).dataset.classes == ("a", "b")


def test_folders_below_a_class_belong_to_it() -> None:
    made = prepare(zipped(class_folders({"cat/black/old": 2, "cat/white": 2, "dog": 4})))

    assert made.dataset.classes == ("cat", "dog")


def test_without_splits_they_are_held_out_class_by_class() -> None:
    made = prepare(zipped(class_folders({"cat": 20, "dog": 10})))

    assert made.description.sizes == {"train": 22, "validation": 2, "test": 6}
    assert made.description.split == "stratified-test20-validation10"
    assert made.labels("test").count("cat") == 4


def test_a_test_split_alone_gets_a_validation_split_beside_it() -> None:
    made = prepare(zipped(split_folders(train=10, test=5)))

    assert made.description.sizes == {"train": 18, "validation": 2, "test": 10}
    assert made.description.split == "stratified-validation10"


def test_a_class_may_be_called_train() -> None:
    made = prepare(zipped(class_folders({"train": 4, "car": 4, "bus": 4})))
    with_splits = {f"{split}/{kind}": 4 for split in ("train", "test") for kind in ("train", "car")}

    assert made.dataset.classes == ("bus", "car", "train")
    assert prepare(zipped(class_folders(with_splits))).dataset.classes == ("car", "train")


def test_every_file_that_is_not_taken_is_counted_by_reason() -> None:
    files = {
        **below("flowers", split_folders(train=4, test=2)),
        "flowers/readme.txt": b"hello",
        "flowers/preview.png": png(),
        "flowers/more/1.png": png(),
        "flowers/train/cat/notes.txt": b"black",
        "flowers/train/cat/.hidden.png": b"",
        "__MACOSX/flowers/train/cat/._1.png": b"",
    }

    made = prepare(zipped(files))

    assert made.skipped() == {
        "no image file": 2,
        "image outside the class folders": 2,
        "hidden file": 2,
    }
    [examples] = [
        entry["examples"]
        for entry in made.description.skipped
        if entry["reason"] == "no image file"
    ]
    assert examples == ["flowers/readme.txt", "flowers/train/cat/notes.txt"]


def test_class_names_are_kept_as_they_are() -> None:
    names = {"chat noir": 2, "дом": 2, "猫": 2, "hot_dog": 2, "a-b.c": 2, "🌷": 2}

    assert set(prepare(zipped(class_folders(names))).dataset.classes) == set(names)


def test_folders_of_numbers_are_in_numeric_order() -> None:
    names = {str(number): 2 for number in (10, 9, 2, 0, 1)}

    assert prepare(zipped(class_folders(names))).dataset.classes == ("0", "1", "2", "9", "10")


def test_composed_and_decomposed_unicode_are_one_class() -> None:
    composed, decomposed = "é", unicodedata.normalize("NFD", "é")
    files = class_folders({f"train/{composed}": 4, "train/e": 4})
    files |= {f"test/{decomposed}/{n}.png": png(50 + n) for n in range(2)}

    made = prepare(tarred(files))

    assert made.dataset.classes == ("e", composed)
    assert made.description.sizes["test"] == 2


def test_names_of_files_in_either_unicode_form_are_the_same_dataset() -> None:
    names = ["ô.png", "p.png", "o.png", "œ.png", "a.png"]
    files = {f"{kind}/{name}": png(len(name)) for kind in "ab" for name in names}
    mac = {unicodedata.normalize("NFD", name): content for name, content in files.items()}

    assert prepare(tarred(files)).description.sha256 == prepare(tarred(mac)).description.sha256


def with_empty_folder(name: str, files: Mapping[str, bytes]) -> bytes:
    written = io.BytesIO(zipped(files))
    with zipfile.ZipFile(written, "a") as archive:
        archive.mkdir(name)
    return written.getvalue()


def test_an_empty_folder_beside_the_data_does_not_matter() -> None:
    files = below("flowers", split_folders(train=4, test=2))

    for folder in ("flowers/notes", "more", "flowers/train/cat/old", "flowers/train/.cache"):
        assert prepare(with_empty_folder(folder, files)).dataset.classes == ("cat", "dog")


ALMOST_RIGHT = {
    "an empty class": (
        with_empty_folder("bird", class_folders()),
        "the class 'bird' has no image: there is only 'bird'",
    ),
    "a class of texts": (
        zipped({**class_folders(), "bird/1.txt": b"tweet"}),
        "the class 'bird' has no image: there is only 'bird/1.txt'",
    ),
    "an empty split": (
        with_empty_folder("val", split_folders(train=4, test=2)),
        "the validation split has no image: there is only 'val'",
    ),
    "a class in test alone": (
        zipped({**split_folders(train=4, test=2), "test/bird/1.png": png()}),
        "every class needs images in train; there are none of: 'bird'",
    ),
    "names that differ by case": (
        zipped({**class_folders(), "Cat/1.png": png()}),
        "the classes 'Cat' and 'cat' differ only by case",
    ),
    "names that differ by width": (
        zipped({**class_folders(), "\uff43\uff41\uff54/1.png": png()}),
        "the classes 'cat' and '\uff43\uff41\uff54' differ only by case or form",
    ),
    "one class": (zipped(class_folders({"cat": 5})), "there is 1 ('cat')"),
    "no train split": (
        zipped(split_folders(val=4, test=4)),
        "the train split has no images",
    ),
    "single images": (
        zipped(class_folders({"cat": 1, "dog": 1})),
        "every class has a single image left",
    ),
    "a folder without a name": (
        zipped({**class_folders(), " /1.png": png()}),
        "'' cannot be the name of a class",
    ),
    "a name with a line break": (
        zipped({**class_folders(), "a\nb/1.png": png()}),
        r"'a\nb' cannot be the name of a class",
    ),
    "a name without end": (
        zipped({**class_folders(), f"{'a' * 201}/1.png": png()}),
        "accepted are 1 to 200 characters",
    ),
    "too many classes": (
        zipped({f"{n}/1.png": png() for n in range(1001)}),
        "1,001 classes; at most 1000",
    ),
}


@pytest.mark.parametrize("name", ALMOST_RIGHT)
def test_folders_that_are_almost_right_are_refused(name: str) -> None:
    content, said = ALMOST_RIGHT[name]

    assert said in refusal(content)


def test_a_class_of_one_image_is_for_training() -> None:
    made = prepare(zipped(class_folders({"cat": 10, "dog": 10, "rare": 1})))

    assert made.labels("train").count("rare") == 1
