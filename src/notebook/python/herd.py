import random


def no_jitter(attempt: int, base_delay: float = 1.0) -> float:
    return base_delay * (2 ** (attempt - 1))


def with_jitter(attempt: int, base_delay: float = 1.0) -> float:
    return no_jitter(attempt, base_delay) * (0.5 + random.random())


# Ten clients that were refused at the same instant:
for attempt in range(1, 5):
    print("without:", sorted(round(no_jitter(attempt), 2) for _ in range(10)))
    print("with:   ", sorted(round(with_jitter(attempt), 2) for _ in range(10)))
