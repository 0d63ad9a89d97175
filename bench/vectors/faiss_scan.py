"""Times faiss's exact scan (IndexFlatIP) over the same float32 vectors; prints its figures as JSON.

    python faiss_scan.py VECTORS QUERIES COUNT SEARCHES THREADS
"""
import json
import sys
import time

import faiss
import numpy

path, queries_path, count, searches, threads = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
dimensions = 384
faiss.omp_set_num_threads(threads)
index = faiss.IndexFlatIP(dimensions)
vectors = numpy.memmap(path, dtype="float32", mode="r", shape=(count, dimensions))
for first in range(0, count, 65536):
    index.add(numpy.ascontiguousarray(vectors[first : first + 65536]))
queries = numpy.fromfile(queries_path, dtype="float32").reshape(-1, dimensions)
for i in range(5):
    index.search(queries[i % len(queries)].reshape(1, -1), 100)
milliseconds = []
for i in range(searches):
    query = queries[i % len(queries)].reshape(1, -1)
    begun = time.perf_counter()
    index.search(query, 100)
    milliseconds.append((time.perf_counter() - begun) * 1000)
print(json.dumps({"searchMs": milliseconds, "version": faiss.__version__}))
