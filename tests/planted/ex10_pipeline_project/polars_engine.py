"""Right in another way: Polars for everything, results handed over as pandas tables.

The files are run in threads that are started by hand; the benchmark times one call, and reads the
memory of another.

scores: full
"""


# %% OptimizedPipeline
class OptimizedPipeline:
    def __init__(self, data_path: str):
        self.data_path = data_path

    def run(self) -> dict:
        kinds = dict.fromkeys(NUMBERS, pl.Float64) | dict.fromkeys(TEXTS, pl.String)
        df = pl.read_csv(self.data_path, schema_overrides=kinds).unique()
        df = df.with_columns(pl.col(NUMBERS).fill_null(0), pl.col("category").fill_null("unknown"))
        statistics = {}
        for column in NUMBERS:
            numbers = df[column].to_numpy()
            found = [np.nan] * 4
            if len(numbers):
                found = [numbers.mean(), numbers.max(), numbers.min(), numbers.std()]
            statistics[column] = dict(zip(("mean", "max", "min", "std"), found, strict=True))
        value = pl.col("value")
        groups = df.filter(value > 100).group_by("category")
        groups = groups.agg(sum=value.sum(), mean=value.mean(), count=value.len()).sort("category")
        result = pd.DataFrame(groups.to_dict(as_series=False)).set_index("category")
        result.columns = pd.MultiIndex.from_product([["value"], result.columns])
        return {"statistics": statistics, "result": result, "row_count": df.height}


# %% run_many
def run_many(data_paths, workers=2):
    import queue
    import threading

    waiting, found, raised = queue.SimpleQueue(), {}, []
    data_paths = list(data_paths)
    for number, path in enumerate(data_paths):
        waiting.put((number, path))

    def work():
        while True:
            try:
                number, path = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                found[number] = OptimizedPipeline(path).run()
            except Exception as error:
                raised.append(error)
                return

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]
    return [found[number] for number in range(len(data_paths))]


# %% benchmark
def benchmark(pipelines, files):
    table = []
    for rows, path in files.items():
        for name, pipeline in pipelines.items():
            begin = time.perf_counter()
            pipeline(path)
            seconds = time.perf_counter() - begin
            peak = memory.timeline(pipeline, path).peak_bytes if seconds < 3 else 0
            row = dict(pipeline=name, rows=rows, seconds=seconds, peak_bytes=peak)
            table.append(row)
    return table
