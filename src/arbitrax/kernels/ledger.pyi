import numpy as np

SOURCE_HASH: str
ORDER_DTYPE: np.dtype[np.void]
TRADE_DTYPE: np.dtype[np.void]
