#include "windowed_ops.h"

namespace millrace::vectors {

template Handle ApplyToWindowed<Datum, SlidingWindows>(const TimeWindowedOf<Datum, SlidingWindows>&, const Call&);
template Handle ApplyToWindowed<int64_t, SlidingWindows>(const TimeWindowedOf<int64_t, SlidingWindows>&, const Call&);

}  // namespace millrace::vectors
