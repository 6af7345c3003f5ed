"""Retrieval as a llama-index retriever, so that any llama-index engine can ask the stories.

Nothing in this project imports this module: llama-index takes more than a second to import, and
the assistant needs none of it. Who builds on llama-index imports it from here.
"""

from __future__ import annotations

from collections.abc import Callable

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from index.retrieval import Hit, Query, Retrieval

# A node's metadata is embedded with its text unless it is excluded; ours says where a passage
# stands, not what it tells.
_PLACE = ["story", "section", "start", "end"]
_OFFSETS = ["start", "end"]


class StoryRetriever(BaseRetriever):
    """Passages as nodes: `node.text == story.body[start:end]`, the offsets in its metadata.

    The scores order one question's passages; they are not similarities, and those of two questions
    cannot be compared.
    """

    def __init__(
        self, retrieval: Retrieval, limit: int = 10, understand: Callable[[str], Query] = Query
    ) -> None:
        """Search with `retrieval`.

        :param limit: how many passages a question gets at most.
        :param understand: turns a question's text into what to look for, and where; left out, no
            city or year that the text names is preferred.
        """
        super().__init__()
        self._retrieval = retrieval
        self._limit = limit
        self._understand = understand

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        query = self._understand(query_bundle.query_str)
        return [_node(hit) for hit in self._retrieval.retrieve(query, self._limit).hits]


def _node(hit: Hit) -> NodeWithScore:
    passage = hit.passage
    node = TextNode(
        id_=passage.id,
        text=passage.text,
        metadata={
            "story": passage.story,
            "section": passage.section,
            "start": passage.start,
            "end": passage.end,
        },
        excluded_embed_metadata_keys=_PLACE,
        excluded_llm_metadata_keys=_OFFSETS,
    )
    return NodeWithScore(node=node, score=hit.score)
