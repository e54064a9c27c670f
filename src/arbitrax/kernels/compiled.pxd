ctypedef void (*DecideFunction)(long long broker, long long memory) noexcept nogil
ctypedef void (*DecideOn)(long long broker, long long memory, long long number) noexcept nogil
