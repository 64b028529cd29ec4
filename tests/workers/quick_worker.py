"""python -m tests.workers.quick_worker: the worker of `python -m workers`, for tests that judge no latency.

The processes of its jobs measure latency with a few samples instead of for two seconds.
"""

from workers.__main__ import main

if __name__ == "__mp_main__":  # the forkserver, of which jobs are forks; the worker has no torch
    from workers.training.measuring import latency

    latency.WARM_UP_SECONDS = latency.MEASURE_SECONDS = 0
    latency.MIN_SAMPLES = 1

if __name__ == "__main__":
    main()
