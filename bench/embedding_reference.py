"""The same texts through sentence-transformers, for bench/embedding.ts.

Reads the texts as JSON from stdin and prints one JSON line: the figures, or why there are none. Nothing is
downloaded: the model is a folder given as the first argument, or what the cache of this machine holds.
"""

import json
import os
import statistics
import sys
import time

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"

try:
    import torch
    from sentence_transformers import SentenceTransformer

    name = sys.argv[1] if len(sys.argv) > 1 else "sentence-transformers/all-MiniLM-L6-v2"
    model = SentenceTransformer(name, device="cpu")
except Exception as error:  # no package, no model: the benchmark says so and goes on
    print(json.dumps({"missing": f"{type(error).__name__}: {error}".splitlines()[0][:200]}))
    sys.exit(0)

texts = json.load(sys.stdin)
model.max_seq_length = 256
model.encode("the first text", normalize_embeddings=True)


def each_ms(each):
    durations = []
    for text in each:
        begun = time.perf_counter()
        model.encode(text, normalize_embeddings=True, show_progress_bar=False)
        durations.append((time.perf_counter() - begun) * 1000)
    return statistics.median(durations)


query_ms = each_ms(texts["queries"])
of_512_characters_ms = each_ms(texts["of512Characters"])
begun = time.perf_counter()
model.encode(texts["mixed"], normalize_embeddings=True, show_progress_bar=False)
print(
    json.dumps(
        {
            "queryMs": query_ms,
            "of512CharactersMs": of_512_characters_ms,
            "mixedTextsPerSecond": len(texts["mixed"]) / (time.perf_counter() - begun),
            "underLoad": None,
            "residentMb": None,
            "proportionalMb": None,
            "threads": torch.get_num_threads(),
        }
    )
)
