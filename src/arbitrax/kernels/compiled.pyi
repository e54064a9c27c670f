from arbitrax.kernels.simulate import Simulation

SOURCE_HASH: str
LAYOUT: dict[str, int]
FUNCTIONS: dict[str, int]
MISSING: int

def broker_address(simulation: Simulation) -> int: ...
def run_compiled(simulation: Simulation, first: int, decide: int, on_fill: int, on_order: int, memory: int) -> int: ...
def number_tags(simulation: Simulation, names: list[str]) -> list[str]: ...
