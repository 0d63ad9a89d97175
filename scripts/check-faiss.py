"""Reads a file of `ltmc export --faiss` with the real faiss and holds it against the database it came from.

    python3 -m venv /tmp/faiss && /tmp/faiss/bin/pip install faiss-cpu numpy
    /tmp/faiss/bin/python scripts/check-faiss.py DATABASE INDEX
"""

import sqlite3
import sys

import faiss
import numpy

database_path, index_path = sys.argv[1:]
database = sqlite3.connect(f"file:{database_path}?mode=ro", uri=True)
rows = database.execute(
    "SELECT vector_id, vector FROM Embeddings WHERE length(vector) = dimensions * 4 ORDER BY vector_id"
).fetchall()
ids = numpy.array([row[0] for row in rows], dtype="int64")
vectors = numpy.array([numpy.frombuffer(row[1], dtype="<f4") for row in rows])

index = faiss.read_index(index_path)
assert isinstance(index, faiss.IndexIDMap), type(index)
assert index.is_trained and index.metric_type == faiss.METRIC_INNER_PRODUCT
assert index.ntotal == len(rows) and index.d == vectors.shape[1], (index.ntotal, index.d)
assert (faiss.vector_to_array(index.id_map) == ids).all()
flat = faiss.downcast_index(index.index)
assert isinstance(flat, faiss.IndexFlatIP), type(flat)
assert (flat.reconstruct_n(0, index.ntotal) == vectors).all()
scores, found = index.search(vectors, 1)
assert numpy.allclose(scores[:, 0], 1, atol=1e-5), scores
same = [(vectors[row] == vectors[list(ids).index(hit)]).all() for row, hit in enumerate(found[:, 0])]
assert all(same)

# What faiss itself would have written, byte for byte.
own = faiss.IndexIDMap(faiss.IndexFlatIP(index.d))
own.add_with_ids(vectors, ids)
with open(index_path, "rb") as file:
    assert file.read() == faiss.serialize_index(own).tobytes()
print(f"faiss {faiss.__version__} reads {index.ntotal} vectors of {index.d} dimensions, as it would write them")
