import numpy as np

SOURCE_HASH: str
ORDER_DTYPE: np.dtype[np.void]
FILL_DTYPE: np.dtype[np.void]
EVENT_DTYPE: np.dtype[np.void]
TRADE_DTYPE: np.dtype[np.void]
