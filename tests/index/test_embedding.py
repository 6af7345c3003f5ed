"""Questions and passages become vectors that lie close where the meaning is close."""

import subprocess
import sys
import threading

import numpy as np
import pytest

from index.embedding import WIDTH, Encoder
from index.errors import IndexFailure

PASSAGES = [
    "Cork has held a Lifelong Learning Festival every spring since 2004.",
    "The swimming pool is closed on Mondays.",
    "In Wuhan, more than one hundred universities open their libraries to older residents.",
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


def test_an_embedding_that_does_not_exist_is_told_of_with_those_that_do() -> None:
    with pytest.raises(IndexFailure, match="'e6'.*e5, minilm"):
        Encoder("e6")


def test_another_embedding_has_another_fingerprint(encoder: Encoder) -> None:
    assert Encoder().fingerprint == encoder.fingerprint
    assert Encoder("minilm").fingerprint != encoder.fingerprint


def test_the_fingerprint_and_an_empty_list_cost_no_torch() -> None:
    program = (
        "import sys; from index.embedding import Encoder; e = Encoder(); e.fingerprint\n"
        "assert e.encode_passages([]).shape == (0, 384) and 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.slow
class TestVectors:
    def test_they_are_of_unit_length_and_in_the_order_of_the_texts(self, encoder: Encoder) -> None:
        texts = [*PASSAGES, "short", "a long passage " * 200]
        together = encoder.encode_passages(texts)
        assert together.shape == (5, WIDTH) and together.dtype == np.float32
        assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
        alone = np.vstack([encoder.encode_passages([text]) for text in texts])
        assert np.allclose(together, alone, atol=1e-4)

    @pytest.mark.parametrize(
        ("question", "answer"),
        [
            ("When did Cork's learning festival begin?", 0),
            ("Wann ist das Schwimmbad geschlossen?", 1),
            ("武汉的大学为老年人做什么？", 2),
        ],
    )
    def test_a_question_lies_nearest_to_its_passage_in_any_language(
        self, encoder: Encoder, question: str, answer: int
    ) -> None:
        near = encoder.encode_passages(PASSAGES) @ encoder.encode_questions([question])[0]
        assert near.argmax() == answer

    def test_a_question_and_a_passage_of_the_same_words_differ(self, encoder: Encoder) -> None:
        question, passage = encoder.encode_questions(["Cork"]), encoder.encode_passages(["Cork"])
        assert float((question @ passage.T).item()) < 0.999

    def test_progress_is_told_up_to_the_last_passage(self, encoder: Encoder) -> None:
        told: list[tuple[int, int]] = []
        encoder.encode_passages(PASSAGES * 20, lambda *step: told.append(step))
        assert told[-1] == (60, 60) and told == sorted(told)

    def test_threads_share_one_encoder(self) -> None:
        shared, found = Encoder(), {}

        def ask(number: int) -> None:
            found[number] = shared.encode_questions([PASSAGES[number % 3]])[0]

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(np.array_equal(found[n], found[n % 3]) for n in range(6))


@pytest.mark.slow
class TestTokens:
    @pytest.mark.parametrize(
        "text", [PASSAGES[0], "  two  words ", "武汉的大学", "مدينة التعلم", "ﬁne"]
    )
    def test_their_offsets_name_the_text_they_stand_for(self, encoder: Encoder, text: str) -> None:
        (tokens,) = encoder.token_vectors([text])
        assert len(tokens.vectors) == len(tokens.offsets) > 0
        assert np.allclose(np.linalg.norm(tokens.vectors, axis=1), 1, atol=1e-5)
        covered = {at for start, end in tokens.offsets for at in range(start, end)}
        assert covered == {at for at, letter in enumerate(text) if not letter.isspace()}

    def test_one_pass_gives_a_question_and_its_tokens(self, encoder: Encoder) -> None:
        vector, tokens = encoder.encode_question_with_tokens("Where is the festival?")
        assert np.allclose(
            vector, encoder.encode_questions(["Where is the festival?"])[0], atol=1e-5
        )
        assert "Where is the festival?"[slice(*tokens.offsets[-2])] == "festival"

    def test_a_text_without_words_has_none(self, encoder: Encoder) -> None:
        empty, blank = encoder.token_vectors(["", "   "], "question")
        assert empty.vectors.shape == blank.vectors.shape == (0, WIDTH)

    def test_a_text_longer_than_the_model_reads_is_cut(self, encoder: Encoder) -> None:
        (tokens,) = encoder.token_vectors(["word " * 5000])
        assert 400 < len(tokens.vectors) < 512


@pytest.mark.slow
def test_the_baseline_embedding_works_the_same_way() -> None:
    baseline = Encoder("minilm")
    near = baseline.encode_passages(PASSAGES) @ baseline.encode_questions(["Is the pool open?"])[0]
    assert near.argmax() == 1
