from arbitrax.kernels.simulate import Simulation

SOURCE_HASH: str
LAYOUT: dict[str, int]
FUNCTIONS: dict[str, int]

def broker_address(simulation: Simulation) -> int: ...
def run_compiled(simulation: Simulation, first: int, decide: int, memory: int) -> int: ...
