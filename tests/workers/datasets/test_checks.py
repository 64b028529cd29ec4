"""Checks of datasets: what each finds, and what it leaves alone."""

import inspect
import io

import numpy as np
import pytest
from PIL import Image, ImageEnhance
from sklearn.datasets import load_digits, load_sample_images

from workers.datasets import checks as checking
from workers.datasets.checks import HeldOut, LabelledImages, _gathered, gather, run_checks
from workers.datasets.checks._thumbnails import thumbnails

CLASSES = ("cat", "dog")


@pytest.fixture
def noise():
    """Makes `count` different images of noise."""
    generator = np.random.default_rng(0)
    return lambda count, side=8: generator.integers(0, 255, (count, side, side, 1), dtype=np.uint8)


@pytest.fixture(scope="module")
def photographs():
    """Two photographs, cut into pieces of 64 × 64, without the empty sky."""
    pieces = [
        image[top : top + 64, left : left + 64]
        for image in load_sample_images().images
        for top in range(0, 384, 64)
        for left in range(0, 640, 64)
    ]
    return np.stack([piece for piece in pieces if piece.std() > 30])


def found(train, test, *, labels=(), test_labels=(), held_out=None, classes=CLASSES):
    """Name of check → finding, of two splits; labels alternate where none are given."""
    splits = {
        name: LabelledImages(
            images, np.array(given) if len(given) else np.arange(len(images)) % len(classes)
        )
        for name, images, given in (
            ("train", train, labels),
            ("validation", train[:0], ()),
            ("test", test, test_labels),
        )
    }
    gathered = gather(classes, splits, held_out, lambda *_: None)
    return {name: finding for name, _, finding in run_checks(gathered)}


def places(finding):
    return [[(image.split, image.index) for image in group.images] for group in finding.groups]


@pytest.mark.parametrize("name", checking.checks())
def test_every_check_says_what_it_looks_for(name):
    check = checking.checks()[name]

    assert inspect.getdoc(check)
    assert inspect.getdoc(check.check)
    assert check.TITLE


def test_a_dataset_without_flaws_passes_every_check(noise):
    findings = found(noise(60), noise(20))

    del findings["class_counts"], findings["label_errors"]  # no validation, no training
    assert {finding.level for finding in findings.values()} == {"ok"}
    assert not any(finding.count or finding.groups for finding in findings.values())


def test_copies_are_told_apart_by_where_they_are_and_how_they_are_labelled(noise):
    train, test = noise(60), noise(20)
    train[11] = train[1]  # both dogs
    test[4] = train[2]  # both cats
    test[6] = train[3]  # a cat and a dog
    findings = found(train, test)

    assert places(findings["exact_duplicates"]) == [[("train", 1), ("train", 11)]]
    assert places(findings["exact_leaks"]) == [
        [("train", 2), ("test", 4)],
        [("train", 3), ("test", 6)],
    ]
    assert places(findings["label_conflicts"]) == [[("train", 3), ("test", 6)]]
    assert [findings[name].level for name in ("exact_duplicates", "exact_leaks")] == [
        "notice",
        "warning",
    ]
    assert findings["near_leaks"].level == "ok"  # what is equal is not told twice


def resaved(image):
    written = io.BytesIO()
    Image.fromarray(image).save(written, "JPEG", quality=40)
    return np.array(Image.open(written))


def resized(image):
    return np.array(Image.fromarray(image).resize((32, 32)).resize((64, 64)))


def brightened(image):
    return np.array(ImageEnhance.Brightness(Image.fromarray(image)).enhance(0.7))


def greyed(image):
    return np.array(Image.fromarray(image).convert("L").convert("RGB"))


@pytest.mark.parametrize("change", [resaved, resized, brightened, greyed])
def test_changed_copies_of_photographs_are_near_duplicates_and_nothing_else_is(photographs, change):
    chosen = range(0, len(photographs), 5)
    copies = np.stack([change(photographs[index]) for index in chosen])
    finding = found(photographs, copies)["near_leaks"]

    assert places(finding) == [
        [("train", index), ("test", place)] for place, index in enumerate(chosen)
    ]


def test_handwritten_digits_that_look_alike_are_not_taken_for_duplicates():
    images = (15 * load_digits().images).astype(np.uint8)[..., None]
    vectors = thumbnails(images)
    correlations = vectors @ vectors.T - 2 * np.eye(len(vectors))

    assert (correlations.max(axis=1) > 0.97).sum() > 150
    assert found(images, images[:0])["near_duplicates"].count == 0


def test_more_copies_than_neighbours_are_compared_are_found_all_the_same(photographs):
    darker = [np.clip(photographs[0] * share, 0, 255) for share in np.linspace(0.5, 1, 30)]
    finding = found(photographs, np.stack(darker).astype(np.uint8))["near_leaks"]

    assert [group.size for group in finding.groups] == [30]  # the last is equal to the first


def test_a_large_dataset_is_compared_by_a_sample_and_it_is_said(noise, monkeypatch):
    monkeypatch.setattr(_gathered, "MAX_COMPARED", 50)
    findings = found(noise(60), noise(20))

    assert "among 50 images chosen at random" in findings["near_duplicates"].sentence
    assert "among" not in findings["exact_duplicates"].sentence


def test_the_findings_do_not_depend_on_how_many_images_are_looked_at_together(
    photographs, monkeypatch
):
    test = np.stack([resaved(image) for image in photographs[:5]])
    at_once = found(photographs, test)
    monkeypatch.setattr(_gathered, "BLOCK_BYTES", 1)

    assert found(photographs, test) == at_once


def test_images_of_a_single_colour_are_told(noise):
    train, test = noise(60), noise(20)
    train[5], test[3] = 0, 77

    assert places(found(train, test)["constant_images"]) == [[("train", 5)], [("test", 3)]]


def test_small_missing_and_unbalanced_classes_are_told(noise):
    labels, test_labels = [0] * 200 + [1] * 19, [0] * 20
    finding = found(noise(219), noise(20), labels=labels, test_labels=test_labels)["class_counts"]

    assert finding.level == "warning"
    assert finding.counts == {
        "cat": {"train": 200, "validation": 0, "test": 20},
        "dog": {"train": 19, "validation": 0, "test": 0},
    }
    for said in (
        "unbalanced: 200 train images of cat, 19 of dog",
        "fewer than 20 train images: dog",
        "no test image: dog",
    ):
        assert said in finding.sentence
    assert "unbalanced" not in found(noise(60), noise(20))["class_counts"].sentence


def test_labels_that_networks_doubt_are_told_with_what_they_take_them_for(noise):
    test_labels = np.arange(100) % 2
    probabilities = np.full((100, 2), 0.05)
    probabilities[np.arange(100), test_labels] = 0.95
    probabilities[7] = [0.98, 0.02]  # labelled dog
    held_out = HeldOut("the test split alone", 60 + np.arange(100), probabilities, 3)
    finding = found(noise(60), noise(100), held_out=held_out)["label_errors"]

    assert places(finding) == [[("test", 7)]]
    [[image]] = [group.images for group in finding.groups]
    assert (image.label, image.remark) == ("dog", "cat 98 %")
    assert "1 label may be wrong; judged: the test split alone, by" in finding.sentence
    assert "3 trainings, right on 99.0 % of these images" in finding.sentence


def test_a_class_that_the_test_split_lacks_does_not_hinder_the_search_for_label_errors(noise):
    probabilities = np.full((20, 2), 0.5)
    held_out = HeldOut("the test split alone", 60 + np.arange(20), probabilities, 1)
    findings = found(noise(60), noise(20), test_labels=[0] * 20, held_out=held_out)

    assert findings["label_errors"].level == "ok"


def test_an_empty_split_is_no_hindrance(noise):
    assert found(noise(60), noise(0))["exact_leaks"].level == "ok"
