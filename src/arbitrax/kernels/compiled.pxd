ctypedef void (*DecideFunction)(long long broker, long long memory) noexcept nogil
